import { Body, Controller, Delete, Get, HttpCode, Inject, Post, Req, Res, UseGuards } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { IsText, ProblemError } from '@waybill/http';
import type { Request, Response } from 'express';

import { CONSOLE_OPTIONS } from '../console-options.js';
import type { ConsoleOptions } from '../console-options.js';
import { ConsoleAccess, COOKIE, FromOwnPage } from './console-access.js';
import { roleOf, sealSession, SESSION_MS } from './session.js';
import type { Role } from './session.js';

class SignInBody {
  @IsText()
  token: string;
}

interface Session {
  readonly role: Role;
  /** Whether there is a token to say, and so a session to end. */
  readonly needsToken: boolean;
  /** Whether there is a lab. */
  readonly hasLab: boolean;
}

/** Who looks at the console. */
@ApiExcludeController()
@UseGuards(FromOwnPage)
@Controller('console/api/session')
export class SessionController {
  constructor(
    private readonly access: ConsoleAccess,
    @Inject(CONSOLE_OPTIONS) private readonly options: ConsoleOptions,
  ) {}

  @Get()
  get(@Req() request: Request): Session {
    return this.#of(this.access.roleOf(request));
  }

  @Post()
  @HttpCode(200)
  signIn(
    @Body() { token }: SignInBody,
    @Req() request: Request,
    @Res({ passthrough: true }) response: Response,
  ): Session {
    const role = this.access.needsToken ? roleOf(token, this.access.keys) : this.access.roleOf(request);
    if (role === undefined) throw new ProblemError(401, 'WRONG_TOKEN', 'This is neither token of the console.');
    setCookie(request, response, sealSession(role, this.access.keys, Date.now()), SESSION_MS);
    return this.#of(this.access.limited(role));
  }

  @Delete()
  @HttpCode(204)
  signOut(@Req() request: Request, @Res({ passthrough: true }) response: Response): void {
    setCookie(request, response, '', 0);
  }

  #of(role: Role): Session {
    return { role, needsToken: this.access.needsToken, hasLab: this.options.lab !== undefined };
  }
}

/** Out of scripts' reach, sent by the console's own pages alone. Over TLS, by a proxy too, it isn't sent without. */
function setCookie({ secure, headers }: Request, response: Response, value: string, maxAgeMs: number): void {
  const overTls = secure || headers['x-forwarded-proto'] === 'https';
  const attributes = ['Path=/console', 'HttpOnly', 'SameSite=Strict', `Max-Age=${maxAgeMs / 1_000}`];
  response.setHeader('Set-Cookie', [`${COOKIE}=${value}`, ...attributes, ...(overTls ? ['Secure'] : [])].join('; '));
}
