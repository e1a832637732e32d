import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { IncomingHttpHeaders, Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { configureHttp, HealthModule, HttpAdapter } from '@waybill/http';
import request from 'supertest';

import type { ConsoleOptions } from './console-options.js';
import { ConsoleModule } from './console.module.js';

const OWN = { 'x-waybill-console': '1' };
const ADMIN_TOKEN = 'secret-admin-token';

interface Asked {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** A service that remembers what it was asked. */
class FakeService {
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

describe('the console', () => {
  const assets = mkdtempSync(join(tmpdir(), 'console-'));
  let service: FakeService;
  let url: string;
  const apps: NestExpressApplication[] = [];

  beforeAll(async () => {
    writeFileSync(join(assets, 'index.html'), '<!doctype html><title>Waybill</title>');
    writeFileSync(join(assets, 'app.js'), 'export {};');
    service = new FakeService();
    url = await service.listen();
  });
  beforeEach(() => {
    service.asked.length = 0;
    service.answer = { status: 200, body: '{"items":[]}' };
  });
  afterAll(async () => {
    await Promise.all(apps.map((app) => app.close()));
    service.close();
    rmSync(assets, { recursive: true });
  });

  async function start(options: Partial<ConsoleOptions> = {}, allowedOrigins: readonly string[] = []) {
    const services = [
      { name: 'order', url },
      { name: 'payment', url: 'http://127.0.0.1:9' }, // nobody listens there
    ];
    @Module({ imports: [HealthModule, ConsoleModule.forRoot({ services, adminToken: '', assets, ...options })] })
    class App {}
    const app = await NestFactory.create<NestExpressApplication>(App, new HttpAdapter(), {
      bodyParser: false,
      logger: false,
    });
    configureHttp(app, { allowedOrigins });
    await app.listen(0, '127.0.0.1');
    apps.push(app);
    return request(app.getHttpServer());
  }

  const signIn = async (http: Awaited<ReturnType<typeof start>>, token: string): Promise<string> => {
    const { headers } = await http.post('/console/api/session').set(OWN).send({ token }).expect(200);
    return (headers['set-cookie'] as unknown as string[])[0] ?? '';
  };

  describe('page', () => {
    it('is where / leads, at every address of a screen, and runs its own script alone', async () => {
      const http = await start();
      await http.get('/').expect(302).expect('location', '/console/');
      const { headers, text } = await http
        .get('/console/orders/7')
        .expect(200)
        .expect('content-type', /text\/html/);
      expect(text).toContain('<title>Waybill</title>');
      expect(headers['content-security-policy']).toMatch(/default-src 'none'; script-src 'self'; style-src 'self'/);
      expect(headers['content-security-policy']).not.toContain('unsafe');
      expect(headers['x-frame-options']).toBe('DENY');
      await http
        .get('/console/assets/app.js')
        .expect(200)
        .expect('content-type', /javascript/);
    });

    it.each(['/console/assets/..%2findex.html', '/console/assets/index.html', '/console/assets/__proto__'])(
      'has no part %s',
      async (path) => {
        const { body } = await (await start()).get(path);
        expect(body).toMatchObject({ status: 404, code: 'NOT_FOUND' });
      },
    );
  });

  describe('F74 against pages of other sites', () => {
    const foreign: [string, Record<string, string>][] = [
      ['no header of its own', {}],
      ['the origin of another site', { ...OWN, origin: 'https://evil.example' }],
      ['the origin of another port of this machine', { ...OWN, origin: 'http://127.0.0.1:1' }],
      ['an opaque origin', { ...OWN, origin: 'null' }],
      ['word of the browser that it comes from another site', { ...OWN, 'sec-fetch-site': 'cross-site' }],
      [
        'word of the browser that it comes from the same site, another origin',
        { ...OWN, 'sec-fetch-site': 'same-site' },
      ],
    ];

    it.each(foreign)('refuses a change with %s', async (_, headers) => {
      const http = await start();
      const { body } = await http.post('/console/api/services/order/orders').set(headers).send({}).expect(403);
      expect(body).toMatchObject({ code: 'FOREIGN_ORIGIN' });
      expect(service.asked).toEqual([]);
    });

    it.each(foreign)('refuses to be read with %s', async (_, headers) => {
      await (await start()).get('/console/api/services/order/orders').set(headers).expect(403);
      expect(service.asked).toEqual([]);
    });

    it('refuses a shop whose pages may place orders: they may not act as operators', async () => {
      const origin = 'https://shop.example.com';
      const http = await start({}, [origin]);
      await http
        .post('/console/api/services/order/orders')
        .set({ ...OWN, origin })
        .send({})
        .expect(403);
      expect(service.asked).toEqual([]);
    });

    it('refuses a stream of another site', async () => {
      const { body } = await (await start()).get('/console/api/live').set({ 'sec-fetch-site': 'cross-site' });
      expect(body).toMatchObject({ status: 403, code: 'FOREIGN_ORIGIN' });
    });

    it('refuses a name that it is not known by, as by DNS rebinding', async () => {
      const http = await start();
      const headers = { ...OWN, host: 'evil.example' };
      await http.get('/console/api/services/order/orders').set(headers).expect(421);
      expect(service.asked).toEqual([]);
    });

    it('answers its own page', async () => {
      const http = await start();
      await http
        .get('/console/api/services/order/orders')
        .set({ ...OWN, 'sec-fetch-site': 'same-origin' })
        .expect(200);
      expect(service.asked).toHaveLength(1);
    });
  });

  describe('F74 without a token', () => {
    it('takes everyone on this machine for an operator, and answers nobody else', async () => {
      const http = await start();
      await http
        .get('/console/api/session')
        .set(OWN)
        .expect(200, { role: 'operator', needsToken: false, hasLab: false });
      await http.post('/console/api/services/order/orders').set(OWN).send({}).expect(200);
      const proxied = { ...OWN, 'x-forwarded-for': '10.0.0.7' };
      const { body } = await http.get('/console/api/services/order/orders').set(proxied).expect(403);
      expect(body).toMatchObject({ code: 'THIS_MACHINE_ONLY' });
      expect(service.asked).toHaveLength(1);
    });
  });

  describe('F74 with tokens', () => {
    const tokens = { adminToken: ADMIN_TOKEN, readToken: 'secret-read-token' };

    it.each(['/console/api/session', '/console/api/services/order/orders', '/console/api/live'])(
      'shows nobody %s who has not signed in',
      async (path) => {
        const { body } = await (await start(tokens)).get(path).set(OWN).expect(401);
        expect(body).toMatchObject({ code: 'SIGN_IN' });
        expect(service.asked).toEqual([]);
      },
    );

    it('lets the admin token in by a cookie that scripts and other sites do not have, and hands the token to services alone', async () => {
      const http = await start(tokens);
      await http.post('/console/api/session').set(OWN).send({ token: 'wrong-token' }).expect(401);
      const cookie = await signIn(http, ADMIN_TOKEN);
      expect(cookie).toMatch(/; HttpOnly; SameSite=Strict;/);
      expect(cookie).not.toContain('Secure');
      expect(cookie).not.toContain(ADMIN_TOKEN);
      const answer = await http
        .post('/console/api/services/order/admin/sagas/7/retry?x=1')
        .set({ ...OWN, cookie, 'idempotency-key': 'k', 'x-other': 'kept here' })
        .send({ who: 'ada', why: 'test' })
        .expect(200);
      expect(JSON.stringify(answer.headers) + answer.text).not.toContain(ADMIN_TOKEN);
      expect(service.asked).toMatchObject([
        {
          method: 'POST',
          url: '/admin/sagas/7/retry?x=1',
          headers: { authorization: `Bearer ${ADMIN_TOKEN}`, 'idempotency-key': 'k' },
          body: '{"who":"ada","why":"test"}',
        },
      ]);
      expect(service.asked[0]?.headers).not.toHaveProperty('cookie');
      expect(service.asked[0]?.headers).not.toHaveProperty('x-other');
    });

    it('sends the cookie over TLS alone where a proxy ends TLS', async () => {
      const http = await start(tokens);
      const headers = { ...OWN, 'x-forwarded-proto': 'https' };
      const answer = await http.post('/console/api/session').set(headers).send({ token: ADMIN_TOKEN }).expect(200);
      expect(String(answer.headers['set-cookie'])).toContain('; Secure');
    });

    it('lets the read token look, and change nothing', async () => {
      const http = await start(tokens);
      const cookie = await signIn(http, 'secret-read-token');
      await http
        .get('/console/api/session')
        .set({ ...OWN, cookie })
        .expect(200, { role: 'reader', needsToken: true, hasLab: false });
      await http
        .get('/console/api/services/order/orders')
        .set({ ...OWN, cookie })
        .expect(200);
      await http
        .post('/console/api/services/order/admin/dead-letters/preview')
        .set({ ...OWN, cookie })
        .send({})
        .expect(200);
      const changes = ['/orders', '/admin/dead-letters/7/reveal', '/admin/dead-letters/replay', '/admin/sagas/7/force'];
      for (const path of changes) {
        const { body } = await http
          .post(`/console/api/services/order${path}`)
          .set({ ...OWN, cookie })
          .send({})
          .expect(403);
        expect(body).toMatchObject({ code: 'READ_ONLY' });
      }
      expect(service.asked).toHaveLength(2);
    });

    it('lets nobody change anything where it is read-only', async () => {
      const http = await start({ ...tokens, readOnly: true });
      const cookie = await signIn(http, ADMIN_TOKEN);
      const { body } = await http
        .post('/console/api/services/order/orders')
        .set({ ...OWN, cookie })
        .send({});
      expect(body).toMatchObject({ status: 403, code: 'READ_ONLY' });
    });

    it('forgets who has signed out', async () => {
      const http = await start(tokens);
      const cookie = await signIn(http, ADMIN_TOKEN);
      const { headers } = await http
        .delete('/console/api/session')
        .set({ ...OWN, cookie })
        .expect(204);
      expect(String(headers['set-cookie'])).toMatch(/^waybill_console=;.*Max-Age=0/);
    });
  });

  describe('gateway', () => {
    it.each([
      ['GET', '/metrics'],
      ['GET', '/admin/unknown'],
      ['GET', '/orders/1/../../metrics'],
      ['GET', '/orders/%2e%2e%2fmetrics'],
      ['DELETE', '/orders/1'],
      ['POST', '/admin/catalogue/publish'],
      ['GET', '//evil.example/orders'],
    ])('passes on no %s %s', async (method, path) => {
      const http = await start();
      const call = method === 'GET' ? http.get : method === 'POST' ? http.post : http.delete;
      await call.call(http, `/console/api/services/order${path}`).set(OWN).expect(404);
      expect(service.asked).toEqual([]);
    });

    it('knows the services that it is told of, and no other', async () => {
      const { body } = await (await start()).get('/console/api/services/evil/orders').set(OWN).expect(404);
      expect(body).toMatchObject({ code: 'SERVICE_NOT_FOUND' });
    });

    it('says that a service does not answer, and never an empty list', async () => {
      const { body } = await (
        await start()
      )
        .get('/console/api/services/payment/admin/dead-letters')
        .set(OWN)
        .expect(502);
      expect(body).toMatchObject({ code: 'SERVICE_UNREACHABLE', detail: "The payment service can't be reached." });
    });

    it('hands on the status and problem of a service, and runs nothing of it as a page', async () => {
      const http = await start();
      service.answer = { status: 409, body: '{"code":"X"}', headers: { 'content-type': 'application/problem+json' } };
      await http.get('/console/api/services/order/orders').set(OWN).expect(409, { code: 'X' });
      service.answer = {
        status: 200,
        body: '"<script>"',
        headers: { 'content-type': 'text/html', 'set-cookie': 'a=b' },
      };
      const { headers } = await http.get('/console/api/services/order/orders').set(OWN).expect(200);
      expect(headers['content-type']).toMatch(/^application\/json/);
      expect(headers).not.toHaveProperty('set-cookie');
    });

    it('follows a service nowhere with the token', async () => {
      const http = await start({ adminToken: ADMIN_TOKEN });
      const cookie = await signIn(http, ADMIN_TOKEN);
      service.answer = { status: 302, body: '', headers: { location: `${url}/elsewhere` } };
      await http
        .get('/console/api/services/order/orders')
        .set({ ...OWN, cookie })
        .expect(502);
      expect(service.asked.map(({ url }) => url)).toEqual(['/orders']);
    });
  });

  describe('lab', () => {
    const LAB_TOKEN = 'secret-token-of-one-start-alone';
    const withLab = () => ({ adminToken: ADMIN_TOKEN, readToken: 'secret-read-token', lab: { url, token: LAB_TOKEN } });

    it('is asked with the token of its own, and by operators alone to change anything', async () => {
      const http = await start(withLab());
      const [operator, reader] = [await signIn(http, ADMIN_TOKEN), await signIn(http, 'secret-read-token')];
      const { body } = await http.get('/console/api/session').set({ ...OWN, cookie: reader });
      expect(body).toMatchObject({ role: 'reader', hasLab: true });
      await http
        .get('/console/api/lab/faults')
        .set({ ...OWN, cookie: reader })
        .expect(200);
      for (const change of [
        http.post('/console/api/lab/faults/kill-app'),
        http.delete('/console/api/lab/faults/kill-app'),
      ]) {
        expect((await change.set({ ...OWN, cookie: reader })).body).toMatchObject({ status: 403, code: 'READ_ONLY' });
      }
      await http
        .post('/console/api/lab/faults/kill-app')
        .set({ ...OWN, cookie: operator })
        .send({ seconds: 10 })
        .expect(200);
      await http
        .delete('/console/api/lab/faults/kill-app')
        .set({ ...OWN, cookie: operator })
        .expect(200);
      expect(service.asked.map(({ method, url, body, headers }) => [method, url, body, headers.authorization])).toEqual(
        [
          ['GET', '/lab/faults', '', `Bearer ${LAB_TOKEN}`],
          ['POST', '/lab/faults/kill-app', '{"seconds":10}', `Bearer ${LAB_TOKEN}`],
          ['DELETE', '/lab/faults/kill-app', '', `Bearer ${LAB_TOKEN}`],
        ],
      );
    });

    it('F74 is asked nothing by pages of other sites, by people who have not signed in, and nothing that is not listed', async () => {
      const http = await start(withLab());
      const cookie = await signIn(http, ADMIN_TOKEN);
      await http.post('/console/api/lab/faults/kill-app').set({ cookie }).send({}).expect(403);
      await http.post('/console/api/lab/faults/kill-app').set(OWN).send({}).expect(401);
      await http
        .delete('/console/api/lab/orders/1')
        .set({ ...OWN, cookie })
        .expect(404);
      await http
        .get('/console/api/services/lab/lab/faults')
        .set({ ...OWN, cookie })
        .expect(404);
      await http
        .get('/console/api/lab/faults/..%2f..%2fhealth')
        .set({ ...OWN, cookie })
        .expect(404);
      expect(service.asked).toEqual([]);
    });

    it('is not there where the console is told of none', async () => {
      const { body } = await (await start()).get('/console/api/lab/faults').set(OWN);
      expect(body).toMatchObject({ status: 404, code: 'SERVICE_NOT_FOUND' });
    });
  });
});
