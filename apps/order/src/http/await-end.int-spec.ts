import { connect } from 'node:net';

import { PostgresProxy, testDatabaseServer } from '@waybill/embedded/testing';
import { Shutdown } from '@waybill/http';
import { eventually } from '@waybill/messaging/testing';
import { Metrics } from '@waybill/observability';

import type { OrderView } from '../projections/order-view.js';
import { orderClient, validBody } from '../testing/order-client.js';
import { startOrderService } from '../testing/order-service.js';
import type { OrderService } from '../testing/order-service.js';
import { answers } from '../testing/participants.js';

describe('Prefer: wait of POST /orders', () => {
  let service: OrderService;
  let client: ReturnType<typeof orderClient>;
  let proxy: PostgresProxy;

  beforeAll(async () => {
    proxy = await PostgresProxy.start(testDatabaseServer());
    service = await startOrderService({ serverUrl: proxy.url });
    await service.app.listen(0, '127.0.0.1'); // requests in flight at once, and clients that hang up
    client = orderClient(service.app);
  }, 60_000);

  afterAll(async () => {
    await service.stop();
    await proxy.stop();
  });

  const post = (prefer: string, headers: Record<string, string> = {}, body: object = validBody) =>
    client.http().post('/orders').set('Prefer', prefer).set(headers).send(body);

  /** Sends the request and lets it wait. */
  async function waiting(prefer: string, headers?: Record<string, string>) {
    const before = await clientsWaiting();
    const newest = await newestId();
    const answer = post(prefer, headers).then(({ status, headers, body }) => ({
      status,
      headers,
      body: body as OrderView,
    }));
    await eventually(async () => (await clientsWaiting()) === before + 1);
    const id = (await newestId()) ?? '';
    expect(id).not.toBe(newest);
    return { id, answer };
  }

  const newestId = async () =>
    ((await client.http().get('/orders?limit=1')).body as { items: { id: string }[] }).items[0]?.id;
  const clientsWaiting = async () =>
    Number(/^waybill_order_clients_waiting (\d+)$/m.exec(await service.app.get(Metrics).expose())?.[1]);

  async function fulfil(id: string): Promise<void> {
    for (const answer of [answers.charged, answers.reserved, answers.shipped]) await service.answer(answer(id));
  }

  it('answers 201 with the order as soon as it is fulfilled', async () => {
    const { id, answer } = await waiting('wait=30');
    await fulfil(id);
    const { status, body, headers } = await answer;
    expect(status).toBe(201);
    expect(body).toEqual(await client.get(id));
    expect(body.status).toBe('FULFILLED');
    expect(headers).toMatchObject({
      location: `/orders/${id}`,
      'preference-applied': 'wait=30',
      vary: 'Prefer',
      'content-type': 'application/json; charset=utf-8',
    });
  });

  it('answers 201 with the reason as soon as it is rejected, and CANCELLED when it is cancelled', async () => {
    const rejected = await waiting('wait=30');
    await service.answer(answers.declined(rejected.id));
    expect(await rejected.answer).toMatchObject({ status: 201, body: { failure: { code: 'PAYMENT_DECLINED' } } });

    const cancelled = await waiting('wait=30');
    await client.cancel(cancelled.id).expect(202);
    await service.answer(answers.refunded(cancelled.id));
    expect(await cancelled.answer).toMatchObject({ status: 201, body: { status: 'CANCELLED' } });
  });

  it('answers with the order as it stands when the time is up', async () => {
    const { status, body, headers } = await post('wait=1');
    expect([status, body]).toEqual([201, expect.objectContaining({ status: 'PLACED' })]);
    expect(headers['preference-applied']).toBe('wait=1');
  });

  it.each(['wait', 'wait=soon', 'wait=soon, wait=30', 'respond-async'])(
    'does not wait for Prefer: %s',
    async (prefer) => {
      const { status, body, headers } = await post(prefer);
      expect([status, body]).toEqual([201, expect.objectContaining({ status: 'PLACED' })]);
      expect(headers['preference-applied']).toBeUndefined();
      expect(headers['vary']).toBe('Prefer');
    },
  );

  it('refuses what it refuses anyway, without a wait', async () => {
    const { status, headers } = await post('wait=30', {}, { ...validBody, items: [] });
    expect(status).toBe(400);
    expect(headers['preference-applied']).toBeUndefined();
  });

  it('holds no transaction and no lock while it waits', async () => {
    const { id, answer } = await waiting('wait=30', { 'Idempotency-Key': 'held' });
    const text = `SELECT (SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() AND xact_start IS NOT NULL)::int AS transactions,
      (SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
        AND pid <> pg_backend_pid())::int AS locks`;
    // Others' transactions are over in a moment; the order's own would last as long as the wait.
    await eventually(async () => {
      const [row] = await service.database.query<{ transactions: number; locks: number }>({ name: 'test_held', text });
      return row?.transactions === 0 && row.locks === 0;
    });
    await fulfil(id);
    await answer;
  });

  it('places one order for an Idempotency-Key, whoever waits for it, and shows each how it is (F31)', async () => {
    const key = { 'Idempotency-Key': 'repeated' };
    const { id, answer } = await waiting('wait=30', key);
    const unwaited = await client.http().post('/orders').set(key).send(validBody).expect(201);
    expect(unwaited.body).toMatchObject({ id, status: 'PLACED' });
    const before = await clientsWaiting();
    const repeated = post('wait=30', key).then((response) => response);
    await eventually(async () => (await clientsWaiting()) === before + 1);
    await fulfil(id);
    const [first, second, late] = [await answer, await repeated, await post('wait=30', key)];
    for (const { status, body, headers } of [first, second, late]) {
      expect([status, body]).toEqual([201, expect.objectContaining({ id, status: 'FULFILLED' })]);
      expect(headers).toMatchObject({ location: `/orders/${id}`, 'preference-applied': 'wait=30' });
    }
    expect([first, second, late].map(({ headers }) => headers['idempotent-replayed'])).toEqual([
      undefined,
      'true',
      'true',
    ]);
    const again = await client.http().post('/orders').set(key).send(validBody).expect(201);
    expect(again.text).toBe(unwaited.text); // the first answer, byte for byte
    expect(await newestId()).toBe(id);
  });

  it('lets go of a client that hangs up; the same key waits for the same order (F31)', async () => {
    const before = await clientsWaiting();
    const gone = new AbortController();
    const { port } = service.app.getHttpServer().address() as { port: number }; // it listens on TCP
    const hungUp = fetch(`http://127.0.0.1:${port}/orders`, {
      method: 'POST',
      headers: { prefer: 'wait=30', 'idempotency-key': 'hung-up', 'content-type': 'application/json' },
      body: JSON.stringify(validBody),
      signal: gone.signal,
    }).catch((error: unknown) => error);
    await eventually(async () => (await clientsWaiting()) === before + 1);
    const id = (await newestId()) ?? '';
    gone.abort();
    await hungUp;
    await eventually(async () => (await clientsWaiting()) === before);
    await fulfil(id);
    const again = await post('wait=0', { 'Idempotency-Key': 'hung-up' });
    expect(again.body).toMatchObject({ id, status: 'FULFILLED' });
    expect(await newestId()).toBe(id);
  });

  it('answers 201 in time also where the orders are locked, with the order as it was placed', async () => {
    const { id, answer } = await waiting('wait=2');
    await service.database.transaction(async (tx) => {
      await tx.query({ name: 'test_lock', text: 'LOCK TABLE order_view IN ACCESS EXCLUSIVE MODE' });
      const { status, body, headers } = await answer;
      expect([status, body]).toEqual([201, expect.objectContaining({ id, status: 'PLACED' })]);
      expect(headers['preference-applied']).toBe('wait=2');
    });
  });

  it('lets go of all that a client waits for on one connection when that ends (F74)', async () => {
    const before = await clientsWaiting();
    const { id } = (await post('wait=0')).body as OrderView;
    const { port } = service.app.getHttpServer().address() as { port: number }; // it listens on TCP
    const socket = connect(port, '127.0.0.1');
    socket.write(`GET /orders/${id} HTTP/1.1\r\nHost: localhost\r\nPrefer: wait=30\r\n\r\n`.repeat(3));
    await eventually(async () => (await clientsWaiting()) === before + 3);
    socket.destroy();
    await eventually(async () => (await clientsWaiting()) === before);
  });

  it('answers 201 also where the database is away, when the time is up and when the service is told to stop', async () => {
    const timed = await waiting('wait=2');
    const stopped = await waiting('wait=30');
    await proxy.stop();
    expect(await timed.answer).toMatchObject({ status: 201, body: { id: timed.id, status: 'PLACED' } });
    service.app.get(Shutdown).begin();
    expect(await stopped.answer).toMatchObject({ status: 201, body: { id: stopped.id, status: 'PLACED' } });
  });
});
