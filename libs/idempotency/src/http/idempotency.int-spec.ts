import { Body, Controller, HttpCode, Module, Param, Post, Res } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { DatabaseModule } from '@waybill/database';
import type { Transaction } from '@waybill/database';
import { Database } from '@waybill/database';
import { createTestDatabase, PostgresProxy } from '@waybill/embedded/testing';
import type { TestDatabase } from '@waybill/embedded/testing';
import { eventually } from '@waybill/messaging/testing';
import type { Response } from 'express';
import { Client } from 'pg';
import request from 'supertest';
import type { Test } from 'supertest';

import { AnswerSweeper } from './answer-sweeper.js';
import { HttpIdempotencyModule } from './http-idempotency.module.js';
import { Idempotent, RequestTransaction } from './idempotent.decorator.js';
import { httpIdempotencyMigrations } from './migrations/index.js';

/** Lets a test hold a handler and see that it has begun. */
class Gate {
  #open: () => void = () => {};
  #reached: () => void = () => {};
  passed: Promise<void> = Promise.resolve();
  reached: Promise<void> = Promise.resolve();

  close(): void {
    this.passed = new Promise((resolve) => (this.#open = resolve));
    this.reached = new Promise((resolve) => (this.#reached = resolve));
  }

  open(): void {
    this.#open();
  }

  async pass(): Promise<void> {
    this.#reached();
    await this.passed;
  }
}

const gate = new Gate();
const INSERT_ORDER = { name: 'test_insert', text: 'INSERT INTO placed (customer) VALUES ($1) RETURNING id' };
const COUNT_ORDERS = { name: 'test_count', text: 'SELECT count(*)::int AS count FROM placed' };
const COUNT_ANSWERS = { name: 'test_answers', text: 'SELECT count(*)::int AS count FROM http_idempotency' };
const AGE_ANSWERS = {
  name: 'test_age',
  text: `UPDATE http_idempotency SET answered_at = now() - interval '25 hours' WHERE status = $1`,
};

interface OrderBody {
  readonly customerId: string;
  readonly fail?: 'throw' | 'answer';
}

@Controller('orders')
class OrdersController {
  @Post()
  @Idempotent({ scope: ({ body }) => (body as OrderBody).customerId })
  async place(
    @Body() body: OrderBody,
    @RequestTransaction() tx: Transaction,
    @Res({ passthrough: true }) response: Response,
  ): Promise<object> {
    const [row] = await tx.query<{ id: string }>(INSERT_ORDER, [body.customerId]);
    await gate.pass();
    if (body.fail === 'throw') throw new Error('The carrier is away');
    if (body.fail === 'answer') response.status(409);
    response.setHeader('Location', `/orders/${row?.id}`);
    return { id: row?.id, at: new Date().toISOString(), text: 'Zoë "quoted"' };
  }

  @Post(':id/cancel')
  @HttpCode(202)
  @Idempotent()
  async cancel(@Param('id') id: string, @RequestTransaction() tx: Transaction): Promise<object> {
    await tx.query(INSERT_ORDER, [`cancel ${id}`]);
    return { id };
  }
}

describe('Idempotency-Key', () => {
  let testDatabase: TestDatabase;
  let app: NestExpressApplication;
  let database: Database;
  let proxy: PostgresProxy;

  beforeAll(async () => {
    testDatabase = await createTestDatabase('http_idempotency');
    proxy = await PostgresProxy.start(testDatabase.url);
    const url = new URL(testDatabase.url);

    @Module({
      imports: [
        DatabaseModule.forRoot({
          serverUrl: proxy.url,
          database: url.pathname.slice(1),
          migrations: httpIdempotencyMigrations,
        }),
        HttpIdempotencyModule.forRoot(),
      ],
      controllers: [OrdersController],
    })
    class OrdersModule {}

    app = await NestFactory.create<NestExpressApplication>(OrdersModule, { logger: false });
    await app.listen(0, '127.0.0.1');
    database = app.get(Database);
    await database.query({
      name: 'test_create',
      text: 'CREATE TABLE placed (id bigint GENERATED ALWAYS AS IDENTITY, customer text)',
    });
  });

  afterAll(async () => {
    await app.close();
    await proxy.stop();
    await testDatabase.drop();
  });

  const place = (key: string | undefined, body: object = { customerId: 'ada' }): Test => {
    const test = request(app.getHttpServer()).post('/orders');
    if (key !== undefined) test.set('Idempotency-Key', key);
    return test.send(body);
  };

  const count = async (statement = COUNT_ORDERS): Promise<number> => {
    const [row] = await database.query<{ count: number }>(statement);
    return row?.count ?? -1;
  };

  it('F31 gives a repeated request the first answer: body, status and headers', async () => {
    const first = await place('replayed').expect(201);
    const before = await count();
    const second = await place('replayed').expect(201);
    expect(second.text).toBe(first.text);
    expect(second.headers).toMatchObject({
      location: first.headers['location'],
      'content-type': first.headers['content-type'],
      'content-length': first.headers['content-length'],
      'idempotent-replayed': 'true',
    });
    expect(first.headers).not.toHaveProperty('idempotent-replayed');
    expect(first.headers['content-type']).toBe('application/json; charset=utf-8');
    expect(await count()).toBe(before);
  });

  it('F31 refuses another body with 422, and takes the same content in another order', async () => {
    await place('reused', { customerId: 'ada', fail: undefined, items: [1, { a: 1, b: 2 }] }).expect(201);
    const reused = await place('reused', { customerId: 'ada', items: [1, { a: 1, b: 3 }] }).expect(422);
    expect(reused.body).toMatchObject({ code: 'IDEMPOTENCY_KEY_REUSED', status: 422 });
    await place('reused', { items: [1, { b: 2, a: 1 }], customerId: 'ada' }).expect(201);
  });

  it('F31 refuses another query with 422, and takes the same parameters in another order', async () => {
    const cancel = (query: string) =>
      request(app.getHttpServer()).post(`/orders/o-9/cancel${query}`).set('Idempotency-Key', 'queried');
    await cancel('?refund=full&notify=no').expect(202);
    const reused = await cancel('?refund=half&notify=no').expect(422);
    expect(reused.body).toMatchObject({ code: 'IDEMPOTENCY_KEY_REUSED' });
    await cancel('').expect(422);
    const again = await cancel('?notify=no&refund=full').expect(202);
    expect(again.headers['idempotent-replayed']).toBe('true');
  });

  it('F31 answers 409 while the first request is in flight, and then its answer', async () => {
    gate.close();
    const first = place('in-flight').then((response) => response);
    await gate.reached;
    const rival = await place('in-flight').expect(409);
    expect(rival.body).toMatchObject({ code: 'IDEMPOTENCY_KEY_IN_FLIGHT' });
    gate.open();
    const answered = await first;
    expect(answered.status).toBe(201);
    expect((await place('in-flight').expect(201)).text).toBe(answered.text);
  });

  it('runs one of many rivals, whatever their timing', async () => {
    const before = await count();
    const answers = await Promise.all(Array.from({ length: 30 }, () => place('rivals')));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([201, 409]));
    expect(new Set(answers.filter(({ status }) => status === 201).map(({ text }) => text)).size).toBe(1);
    expect(await count()).toBe(before + 1);
  });

  it('F31 keeps nothing of a request that failed: the same key may try again, with another body too', async () => {
    const [orders, answers] = [await count(), await count(COUNT_ANSWERS)];
    await place('failed', { customerId: 'ada', fail: 'throw' }).expect(500);
    expect([await count(), await count(COUNT_ANSWERS)]).toEqual([orders, answers]);
    await place('failed', { customerId: 'ada', fail: 'answer' }).expect(409);
    expect(await count(COUNT_ANSWERS)).toBe(answers);
    await place('failed').expect(201);
    expect(await count(COUNT_ANSWERS)).toBe(answers + 1);
  });

  it('F31 keeps nothing of a request whose process died in flight', async () => {
    const [orders, answers] = [await count(), await count(COUNT_ANSWERS)];
    gate.close();
    const dying = place('crashed').then((response) => response);
    await gate.reached;
    await endSessionsInTransaction(testDatabase.url); // what the server does when the process is gone
    gate.open();
    expect((await dying).status).toBe(500);
    expect([await count(), await count(COUNT_ANSWERS)]).toEqual([orders, answers]);
    await place('crashed').expect(201);
  });

  it.each(['applied', 'lost'] as const)(
    'F36 says that the outcome is unknown when the connection is lost during a COMMIT that was %s; the same key finds out',
    async (outcome) => {
      const before = await count();
      const cut = proxy.cutCommit({ outcome, having: ['test_insert'] });
      const unknown = await place(`ambiguous-${outcome}`).expect(503);
      await cut;
      expect(unknown.body).toMatchObject({ code: 'OUTCOME_UNKNOWN' });
      expect(unknown.body).toHaveProperty('detail', expect.stringContaining('again with the same Idempotency-Key'));
      let again = await place(`ambiguous-${outcome}`);
      // For a moment the server may still hold the key for the connection that was cut: 409, as Retry-After says.
      await eventually(
        async () => again.status !== 409 || (again = await place(`ambiguous-${outcome}`)).status !== 409,
      );
      expect(again.status).toBe(201);
      expect(again.headers['idempotent-replayed']).toBe(outcome === 'applied' ? 'true' : undefined);
      expect(await count()).toBe(before + 1);
    },
  );

  it('F36 says so without a key, too, and does nothing by itself that could double the request', async () => {
    const before = await count();
    const cut = proxy.cutCommit({ outcome: 'applied', having: ['test_insert'] });
    const unknown = await place(undefined).expect(503);
    await cut;
    expect(unknown.body).toMatchObject({ code: 'OUTCOME_UNKNOWN' });
    expect(unknown.body).toHaveProperty('detail', expect.stringContaining('Look for its effect before'));
    expect(await count()).toBe(before + 1);
  });

  it('keeps the keys of callers, paths and methods apart', async () => {
    const ada = await place('shared', { customerId: 'ada' }).expect(201);
    const bob = await place('shared', { customerId: 'bob' }).expect(201);
    expect(bob.text).not.toBe(ada.text);
    const cancel = (id: string) =>
      request(app.getHttpServer()).post(`/orders/${id}/cancel`).set('Idempotency-Key', 'shared').expect(202);
    expect((await cancel('1')).body).toEqual({ id: '1' });
    expect((await cancel('2')).body).toEqual({ id: '2' });
    const replayed = await cancel('1');
    expect(replayed.headers).toMatchObject({ 'idempotent-replayed': 'true' });
    expect(replayed.body).toEqual({ id: '1' });
  });

  it('runs each request that has no key', async () => {
    const [first, second] = [await place(undefined).expect(201), await place(undefined).expect(201)];
    expect(second.text).not.toBe(first.text);
  });

  it.each(['', 'two words', 'x'.repeat(256), 'ümlaut', 'a, b'])('refuses the key %j with 400', async (key) => {
    const refused = await place(key).expect(400);
    expect(refused.body).toMatchObject({ code: 'IDEMPOTENCY_KEY_INVALID' });
  });

  it('takes a key of 255 characters, and the quoted form of the draft', async () => {
    await place('~'.repeat(255)).expect(201);
    await place('"8e03978e-40d5-43dd-bc93-6894a57f9324"').expect(201);
  });

  it('takes a caller that is not a string as a request without a key', async () => {
    const body = { customerId: { $ne: 1 } };
    const [first, second] = [await place('no-caller', body), await place('no-caller', body)];
    expect(second.headers).not.toHaveProperty('idempotent-replayed');
    expect(first.text).not.toBe(second.text);
  });

  it('forgets answers after the window, and only those', async () => {
    await place('old').expect(201);
    await database.query(AGE_ANSWERS, [201]);
    const old = await count(COUNT_ANSWERS);
    await place('young').expect(201);
    const young = await place('young').expect(201);
    const deleted = await app.get(AnswerSweeper).sweep();
    expect(deleted).toBeGreaterThan(0);
    expect(deleted).toBeLessThanOrEqual(old);
    expect((await place('young').expect(201)).text).toBe(young.text);
    expect((await place('old').expect(201)).headers).not.toHaveProperty('idempotent-replayed');
  });
});

async function endSessionsInTransaction(url: string): Promise<void> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
       WHERE datname = current_database() AND state = 'idle in transaction'`,
    );
  } finally {
    await client.end();
  }
}
