import { readdirSync, readFileSync } from 'node:fs';
import { extname, join } from 'node:path';

import { All, Controller, Get, Inject, Param, Redirect, Req, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { NotFoundError } from '@waybill/http';
import type { Request, Response } from 'express';

import { CONSOLE_OPTIONS } from '../console-options.js';
import type { ConsoleOptions } from '../console-options.js';

/** Its own script and style, its own data, nothing of another machine, and no frame around it. */
const POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'";

const TYPES: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.svg': 'image/svg+xml',
};

/** The page. It holds no data, so anyone may load it; what it shows, it asks for. */
@ApiExcludeController()
@Controller()
export class PageController {
  readonly #page: string;
  readonly #parts: ReadonlyMap<string, string>;

  /** @throws if the page hasn't been built: at the boot, not at the first visit */
  constructor(@Inject(CONSOLE_OPTIONS) { assets }: ConsoleOptions) {
    const read = (name: string): string => readFileSync(join(assets, name), 'utf8');
    this.#page = read('index.html');
    this.#parts = new Map(readdirSync(assets).flatMap((name) => (extname(name) in TYPES ? [[name, read(name)]] : [])));
  }

  @Get()
  @Redirect('/console/', 302)
  root(): void {}

  @Get('console/assets/:name')
  part(@Param('name') name: string, @Res() response: Response): void {
    const part = this.#parts.get(name);
    if (part === undefined) throw new NotFoundError('NOT_FOUND', 'The page has no such part.');
    response.type(TYPES[extname(name)] ?? 'text/plain').send(part);
  }

  /** A client that asks for data must not take the page for it. */
  @All(['console/api', 'console/api/{*path}'])
  unknown(): never {
    throw new NotFoundError('NOT_FOUND', 'The console answers nothing at this address.');
  }

  /** Every screen has its own address; the page itself finds out which it is. */
  @Get(['console', 'console/{*screen}'])
  page(@Req() { path }: Request, @Res() response: Response): void {
    if (path === '/console') {
      response.redirect(302, '/console/');
      return;
    }
    response.setHeader('Content-Security-Policy', POLICY);
    response.type('text/html; charset=utf-8').send(this.#page);
  }
}
