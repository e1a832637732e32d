import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { IncomingHttpHeaders, Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { configureHttp, HealthModule, HttpAdapter, Shutdown } from '@waybill/http';
import request from 'supertest';

import type { ConsoleOptions } from '../console-options.js';
import { ConsoleModule } from '../console.module.js';

/** What the page sends with each request, and no other site can. */
export const OWN = { 'x-waybill-console': '1' };
export const ADMIN_TOKEN = 'secret-admin-token';

interface Asked {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** A service that remembers what it was asked. */
export class FakeService {
  readonly asked: Asked[] = [];
  answer: { status: number; body: string; headers?: Record<string, string> } = { status: 200, body: '{"items":[]}' };
  readonly #server: Server;

  constructor() {
    this.#server = createServer((incoming, outgoing) => {
      let body = '';
      incoming.on('data', (chunk) => (body += String(chunk)));
      incoming.on('end', () => {
        const { method = '', url = '', headers } = incoming;
        this.asked.push({ method, url, headers, body });
        const { status, headers: more = {} } = this.answer;
        outgoing.writeHead(status, { 'content-type': 'application/json', ...more }).end(this.answer.body);
      });
    });
  }

  async listen(): Promise<string> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  close(): void {
    this.#server.closeAllConnections();
    this.#server.close();
  }
}

type HttpOptions = Parameters<typeof configureHttp>[1];
export type ConsoleHttp = ReturnType<typeof request>;

/** Consoles of the order service, which is asked by them, and the payment service, which isn't there. */
export class Consoles {
  readonly service = new FakeService();
  /** Of the service. */
  url = '';
  readonly #assets = mkdtempSync(join(tmpdir(), 'console-'));
  readonly #apps: NestExpressApplication[] = [];

  async open(): Promise<void> {
    writeFileSync(join(this.#assets, 'index.html'), '<!doctype html><title>Waybill</title>');
    writeFileSync(join(this.#assets, 'app.js'), 'export {};');
    this.url = await this.service.listen();
  }

  /** As if nobody had asked anything yet. */
  forget(): void {
    this.service.asked.length = 0;
    this.service.answer = { status: 200, body: '{"items":[]}' };
  }

  async close(): Promise<void> {
    await Promise.all(this.#apps.map((app) => app.close()));
    this.service.close();
    rmSync(this.#assets, { recursive: true });
  }

  /** All that run are told to stop, and still answer. */
  beginShutdown(): void {
    for (const app of this.#apps) app.get(Shutdown).begin();
  }

  async start(options: Partial<ConsoleOptions> = {}, http: HttpOptions = {}): Promise<ConsoleHttp> {
    const services = [
      { name: 'order', url: this.url },
      { name: 'payment', url: 'http://127.0.0.1:9' }, // nobody listens there
    ];
    const console = ConsoleModule.forRoot({ services, adminToken: '', assets: this.#assets, ...options });
    @Module({ imports: [HealthModule, console] })
    class App {}
    const app = await NestFactory.create<NestExpressApplication>(App, new HttpAdapter(), {
      bodyParser: false,
      logger: false,
    });
    configureHttp(app, http);
    await app.listen(0, '127.0.0.1');
    this.#apps.push(app);
    return request(app.getHttpServer());
  }
}

/** The session's cookie. */
export async function signIn(http: ConsoleHttp, token: string): Promise<string> {
  const { headers } = await http.post('/console/api/session').set(OWN).send({ token }).expect(200);
  return (headers['set-cookie'] as unknown as string[])[0] ?? '';
}
