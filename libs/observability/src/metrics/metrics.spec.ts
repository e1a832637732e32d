import type { Server } from 'node:http';

import { NestFactory } from '@nestjs/core';
import request from 'supertest';

import { Metrics } from './metrics.js';
import { MetricsModule } from './metrics.module.js';

it('gives the same metric to everyone who asks for its name', async () => {
  const metrics = new Metrics();
  metrics.counter('orders_total', 'Orders', ['status']).inc({ status: 'placed' });
  metrics.counter('orders_total', 'Orders', ['status']).inc({ status: 'placed' }, 2);
  expect(await metrics.expose()).toContain('orders_total{status="placed"} 3');
});

it('refuses one name for two kinds of metric', () => {
  const metrics = new Metrics();
  metrics.counter('orders_total', 'Orders');
  expect(() => metrics.gauge('orders_total', 'Orders')).toThrow(/orders_total exists as another kind/);
});

it('reads a collected gauge when asked for', async () => {
  const metrics = new Metrics();
  let backlog = 1;
  metrics.gauge('backlog', 'Rows', [], (gauge) => gauge.set(backlog));
  backlog = 7;
  expect(await metrics.expose()).toContain('backlog 7');
});

it("serves the application's and the process's metrics at /metrics", async () => {
  const app = await NestFactory.create(MetricsModule.forRoot(), { logger: false });
  await app.init();
  app.get(Metrics).counter('orders_total', 'Orders').inc();
  const { text, headers } = await request(app.getHttpServer() as Server)
    .get('/metrics')
    .expect(200);
  expect(headers['content-type']).toContain('text/plain; version=0.0.4');
  expect(text).toContain('orders_total 1');
  expect(text).toContain('process_cpu_seconds_total');
  await app.close();
});
