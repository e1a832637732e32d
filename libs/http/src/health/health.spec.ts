import { NestFactory } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import request from 'supertest';

import { HealthIndicators } from './health-indicators.js';
import { HealthModule } from './health.module.js';
import { Shutdown } from './shutdown.js';

let app: NestExpressApplication;
let indicators: HealthIndicators;

beforeEach(async () => {
  app = await NestFactory.create<NestExpressApplication>(HealthModule, { logger: false });
  await app.listen(0, '127.0.0.1');
  indicators = app.get(HealthIndicators);
});

afterEach(() => app.close());

const get = (path: string) => request(app.getHttpServer()).get(path);

it('is ready when all indicators say so, and shows each', async () => {
  indicators.add('database', () => ({ ok: true }));
  indicators.add('broker', async () => ({ ok: true, detail: '3 brokers' }));
  const { body } = await get('/health/ready').expect(200);
  expect(body).toEqual({ status: 'ok', checks: { database: { ok: true }, broker: { ok: true, detail: '3 brokers' } } });
});

it('is not ready when one says no or throws, names it, and stays alive', async () => {
  indicators.add('database', () => ({ ok: true }));
  indicators.add('catalogue', () => ({ ok: false, detail: '3 of 14 products' }));
  indicators.add('broker', () => {
    throw Object.assign(new Error('password=hunter2'), { code: 'ECONNREFUSED' });
  });
  const { body, headers, text } = await get('/health/ready').expect(503);
  expect(headers['content-type']).toContain('application/problem+json');
  expect(body).toMatchObject({
    code: 'NOT_READY',
    detail: 'Not ready: catalogue, broker.',
    checks: { catalogue: { ok: false, detail: '3 of 14 products' }, broker: { ok: false, detail: 'ECONNREFUSED' } },
  });
  expect(text).not.toContain('hunter2');
  await get('/health/live').expect(200, { status: 'ok' });
});

it('is not ready while it shuts down, and tells those who wait', async () => {
  const shutdown = app.get(Shutdown);
  const told = new Promise((resolve) => shutdown.signal.addEventListener('abort', resolve));
  await get('/health/ready').expect(200);
  shutdown.begin();
  await told;
  const { body } = await get('/health/ready').expect(503);
  expect(body).toMatchObject({ code: 'NOT_READY', detail: 'The service is shutting down.' });
  await get('/health/live').expect(200);
});

it('refuses two indicators of one name', () => {
  indicators.add('database', () => ({ ok: true }));
  expect(() => indicators.add('database', () => ({ ok: true }))).toThrow(/registered twice/);
});
