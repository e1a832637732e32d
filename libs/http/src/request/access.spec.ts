import { Controller, Get, Module, Post } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import request from 'supertest';
import type { Test } from 'supertest';

import { configureHttp } from '../configure-http.js';
import type { HttpOptions } from '../configure-http.js';
import { HealthModule } from '../health/health.module.js';
import { HttpAdapter } from '../service/http-adapter.js';
import { problemIn } from '../testing/example-app.js';
import { isLoopback } from './this-machine.js';

@Controller()
class ThingsController {
  @Get(['things', 'admin/things', 'ledger/:id'])
  read(): object {
    return { read: true };
  }

  @Post(['things', 'things/:id/refill'])
  change(): object {
    return { changed: true };
  }
}

@Module({ imports: [HealthModule], controllers: [ThingsController] })
class ThingsModule {}

const apps: NestExpressApplication[] = [];

async function start(options: HttpOptions): Promise<NestExpressApplication> {
  const app = await NestFactory.create<NestExpressApplication>(ThingsModule, new HttpAdapter(), {
    bodyParser: false,
    logger: false,
  });
  configureHttp(app, options);
  await app.listen(0, '127.0.0.1');
  apps.push(app);
  return app;
}

afterAll(() => Promise.all(apps.map((app) => app.close())));

const paths = ['/ledger', '/things/:id/refill'];
let app: NestExpressApplication;

describe('F74 the name that a service is called by', () => {
  beforeAll(async () => {
    app = await start({ allowedHosts: ['shop.example.com', 'Order:3001'] });
  });

  const called = (host: string, path = '/things') => request(app.getHttpServer()).get(path).set('Host', host);

  it.each([
    'localhost',
    'localhost:3001',
    'LOCALHOST:80',
    '127.0.0.1:3001',
    '[::1]:3001',
    'shop.example.com',
    'shop.example.com:8443',
    'order:3001',
  ])('may be one of this machine, or one that is allowed: %s', async (host) => {
    expect((await called(host)).status).toBe(200);
  });

  it.each([
    'evil.example',
    'evil.example:3001',
    'localhost.evil.example',
    'shop.example.com.evil',
    'order:3002',
    '10.0.0.7',
  ])('is refused where it is another: %s', async (host) => {
    expect(problemIn(await called(host))).toEqual({ status: 421, code: 'UNKNOWN_HOST' });
    expect(problemIn(await called(host, '/nowhere'))).toEqual({ status: 421, code: 'UNKNOWN_HOST' });
  });

  it.each(['', 'a b', 'localhost@evil.example', 'localhost:x', 'localhost/', '::1', 'http://localhost'])(
    'is refused where it is none: "%s"',
    async (host) => {
      expect(problemIn(await called(host))).toEqual({ status: 400, code: 'MALFORMED_REQUEST' });
    },
  );

  it('may be anything where a probe asks for health', async () => {
    expect((await called('10.0.0.7:3001', '/health/live')).status).toBe(200);
    expect((await called('order.waybill.svc', '/health/ready')).status).toBe(200);
    expect((await called('evil.example', '/healthy')).status).toBe(421);
  });
});

describe('F74 a page of another site', () => {
  beforeAll(async () => {
    app = await start({ allowedHosts: ['shop.example.com'], allowedOrigins: ['https://admin.example.com'] });
  });

  const from = (origin: string, test: Test, host = 'shop.example.com') => test.set({ Host: host, Origin: origin });
  const post = () => request(app.getHttpServer()).post('/things');

  it.each(['https://evil.example', 'null', 'http://localhost:8080', 'https://shop.example.com:444', 'file://', 'x'])(
    'changes nothing: %s',
    async (origin) => {
      expect(problemIn(await from(origin, post()))).toEqual({ status: 403, code: 'FOREIGN_ORIGIN' });
      expect(problemIn(await from(origin, request(app.getHttpServer()).delete('/things')))).toMatchObject({
        status: 403,
      });
    },
  );

  it.each([
    ['https://shop.example.com', 'shop.example.com'],
    ['https://shop.example.com', 'shop.example.com:443'],
    ['http://localhost:3001', 'localhost:3001'],
    ['https://admin.example.com', 'shop.example.com'],
  ])("isn't one of %s at %s", async (origin, host) => {
    expect((await from(origin, post(), host)).status).toBe(201);
  });

  it('may not send JSON from its own origin, even where that is allowed: no preflight gets a yes', async () => {
    const asks = { 'Access-Control-Request-Method': 'POST', 'Access-Control-Request-Headers': 'content-type' };
    const { headers } = await from(
      'https://admin.example.com',
      request(app.getHttpServer()).options('/things').set(asks),
    );
    expect(Object.keys(headers).filter((name) => name.startsWith('access-control-'))).toEqual([]);
  });

  it('is told nothing that its browser would let it read', async () => {
    const { status, headers } = await from('https://evil.example', request(app.getHttpServer()).get('/things'));
    expect(status).toBe(200);
    expect(headers).not.toHaveProperty('access-control-allow-origin');
  });

  it.each(['/things', '/nowhere'])('F74 may not sniff, frame, or keep an answer: %s', async (path) => {
    const { headers } = await request(app.getHttpServer()).get(path);
    expect(headers).toMatchObject({
      'cache-control': 'no-store',
      'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
      'cross-origin-resource-policy': 'same-origin',
      'x-content-type-options': 'nosniff',
      'x-frame-options': 'DENY',
    });
    expect(headers).not.toHaveProperty('x-powered-by');
  });
});

describe("F74 what is the operators'", () => {
  const OPERATORS = ['/admin/things', '/admin/nothing', '/ADMIN/things/', '/ledger/1'];

  it('is answered on connections of this machine where there is no token', async () => {
    app = await start({ admin: { token: '', paths } });
    expect((await request(app.getHttpServer()).get('/admin/things')).status).toBe(200);
    expect((await request(app.getHttpServer()).post('/things/1/refill')).status).toBe(201);
  });

  it.each([
    ['127.0.0.1', true],
    ['127.8.9.1', true],
    ['::1', true],
    ['::ffff:127.0.0.1', true],
    ['10.0.0.7', false],
    ['::ffff:10.0.0.7', false],
    ['::ffff:7f00:1', false], // no socket says so
    ['fe80::1', false],
    ['127.evil.example', false],
    ['', false],
    [undefined, false],
  ])('takes %s for this machine: %s', (address, expected) => {
    expect(isLoopback(address)).toBe(expected);
  });

  it.each([
    ['Forwarded', 'for=127.0.0.1'],
    ['X-Forwarded-For', '127.0.0.1'],
    ['X-Real-IP', '::1'],
    ['Via', '1.1 proxy'],
  ])('is refused without a token where a proxy says by %s that somebody is behind it', async (name, value) => {
    app = await start({ admin: { token: '', paths } });
    for (const path of OPERATORS) {
      const response = await request(app.getHttpServer()).get(path).set(name, value);
      expect(problemIn(response)).toEqual({ status: 403, code: 'THIS_MACHINE_ONLY' });
    }
    expect((await request(app.getHttpServer()).get('/things').set(name, value)).status).toBe(200);
  });

  it.each(['localhost', 'LOCALHOST:80', '127.0.0.1:3001', '127.8.9.1', '[::1]:3001'])(
    'is answered without a token by a name of this machine: %s',
    async (host) => {
      app = await start({ admin: { token: '', paths }, allowedHosts: ['127.8.9.1'] });
      expect((await request(app.getHttpServer()).get('/admin/things').set('Host', host)).status).toBe(200);
    },
  );

  it.each([
    'shop.example.com',
    'shop.example.com:80',
    '127.evil.example',
    'localhost.evil.example',
    '10.0.0.7',
    '[::2]',
  ])('is refused without a token by another name, which a proxy may hand on: %s', async (host) => {
    const allowedHosts = ['shop.example.com', '127.evil.example', 'localhost.evil.example', '10.0.0.7', '[::2]'];
    app = await start({ admin: { token: '', paths }, allowedHosts });
    for (const path of OPERATORS) {
      const response = await request(app.getHttpServer()).get(path).set('Host', host);
      expect(problemIn(response)).toEqual({ status: 403, code: 'THIS_MACHINE_ONLY' });
    }
    expect((await request(app.getHttpServer()).get('/things').set('Host', host)).status).toBe(200);
  });

  it('needs the token where there is one, also on this machine, and the rest does not', async () => {
    app = await start({ admin: { token: 's3cret-token', paths } });
    for (const path of OPERATORS) {
      expect(problemIn(await request(app.getHttpServer()).get(path))).toMatchObject({ status: 401 });
    }
    const refill = () => request(app.getHttpServer()).post('/things/1/refill');
    expect(problemIn(await refill().send('{broken'))).toEqual({ status: 401, code: 'ADMIN_TOKEN_REQUIRED' });
    expect((await refill().set('Authorization', 'Bearer s3cret-token')).status).toBe(201);
    expect((await request(app.getHttpServer()).post('/things')).status).toBe(201);
  });
});
