import { randomUUID } from 'node:crypto';

import type { ServiceName } from '@waybill/contracts';
import { PostgresProxy, testDatabaseServer } from '@waybill/embedded/testing';

import type { OrderBody, ProblemBody } from '../system/api.js';
import { heldMessages } from '../system/held-messages.js';
import { allOrders, expectBalanced, stockTake } from '../system/ledger.js';
import { RunningSystem } from '../system/running-system.js';
import { until } from '../system/until.js';

/** What a batch of each kind has run before its COMMIT. */
const BATCHES: readonly (readonly [what: string, service: ServiceName, having: readonly string[]])[] = [
  ['a prepared charge', 'payment', ['payment_insert_intents']],
  ['a concluded charge', 'payment', ['inbox_claim_messages', 'payment_update_settled', 'outbox_insert_rows']],
  ['a reservation', 'inventory', ['inbox_claim_messages', 'reservation_insert', 'outbox_insert_rows']],
  ['a concluded shipment', 'shipping', ['inbox_claim_messages', 'shipment_update_settled', 'outbox_insert_rows']],
  ['an answer to the saga', 'order', ['inbox_claim_messages', 'saga_save', 'outbox_insert_rows']],
];
const CASES = BATCHES.flatMap(([what, service, having]) =>
  (['applied', 'lost'] as const).map((outcome) => ({ what, service, having, outcome })),
);

describe('a connection that is cut during COMMIT (F36)', () => {
  let proxy: PostgresProxy;
  let system: RunningSystem;
  let initial: ReadonlyMap<string, number>;

  beforeAll(async () => {
    proxy = await PostgresProxy.start(testDatabaseServer());
    system = await RunningSystem.start({ DATABASE_URL: proxy.url });
    initial = await stockTake(system);
  }, 120_000);

  const held = async () => (await heldMessages(system.databasePrefix)).map(({ messageId }) => messageId).toSorted();
  /** What an earlier attempt at the test has left. */
  let heldBefore: readonly string[];

  beforeEach(async () => {
    heldBefore = await held();
  });

  afterEach(async () => {
    await expectBalanced(system, initial);
    expect(await held()).toEqual(heldBefore);
  }, 60_000);

  afterAll(async () => {
    await system?.stop();
    await proxy?.stop();
  }, 60_000);

  const cut = (service: ServiceName, outcome: 'applied' | 'lost', having: readonly string[]): Promise<void> =>
    proxy.cutCommit({ database: `${system.databasePrefix}${service}`, outcome, having });

  it.each(CASES)(
    'neither doubles nor dead-letters $what of a batch whose COMMIT was $outcome',
    async ({ service, outcome, having }) => {
      const hasBeenCut = cut(service, outcome, having);
      const order = await system.placeAndWait();
      await hasBeenCut;
      expect(order.status).toBe('FULFILLED');
      expect(await system.payments(order.id)).toMatchObject([{ status: 'CHARGED' }]);
      expect(await system.shipments(order.id)).toMatchObject([{ status: 'CREATED' }]);
    },
    90_000,
  );

  it('counts as no attempt of a message, however often its batch meets it', async () => {
    const having = ['inbox_claim_messages', 'shipment_update_settled'];
    const cuts = Array.from({ length: 6 }, () => cut('shipping', 'lost', having));
    const order = await system.placeAndWait();
    await Promise.all(cuts);
    expect(order.status).toBe('FULFILLED');
    expect(await system.shipments(order.id)).toMatchObject([{ status: 'CREATED' }]);
  }, 90_000);

  const ordersOf = async (customerId: string): Promise<readonly OrderBody[]> =>
    (await allOrders(system)).filter((order) => order.customerId === customerId);

  it.each(['applied', 'lost'] as const)(
    'answers POST /orders clearly when its COMMIT was %s, and the same Idempotency-Key places one order',
    async (outcome) => {
      const customerId = `cust-${outcome}-${randomUUID()}`;
      const place = () => system.place({ customerId }, { 'idempotency-key': customerId });
      const hasBeenCut = cut('order', outcome, ['saga_insert']);
      const unknown = await place();
      await hasBeenCut;
      expectOutcomeUnknown(unknown, 'with the same Idempotency-Key');

      let again = await place();
      // For a moment the server may still hold the key for the connection that was cut: 409, as Retry-After says.
      await until(async () => again.status !== 409 || (again = await place()).status !== 409, { what: 'the key' });
      expect(again.status).toBe(201);
      expect((await system.ended(again.body.id)).status).toBe('FULFILLED');
      expect((await ordersOf(customerId)).map(({ id }) => id)).toEqual([again.body.id]);
    },
    60_000,
  );

  it.each([
    ['applied', 1],
    ['lost', 0],
  ] as const)(
    'says so without a key, too: of a COMMIT that was %s the customer finds %i order',
    async (outcome, orders) => {
      const customerId = `cust-keyless-${outcome}-${randomUUID()}`;
      const hasBeenCut = cut('order', outcome, ['saga_insert']);
      const unknown = await system.place({ customerId });
      await hasBeenCut;
      expectOutcomeUnknown(unknown, 'Look for its effect');
      const found = await ordersOf(customerId);
      expect(found).toHaveLength(orders);
      await Promise.all(found.map(({ id }) => system.ended(id)));
    },
    60_000,
  );
});

function expectOutcomeUnknown(
  { status, headers, text }: { readonly status: number; readonly headers: Headers; readonly text: string },
  advice: string,
): void {
  expect(status).toBe(503);
  expect(headers.get('content-type')).toContain('application/problem+json');
  expect(headers.get('retry-after')).toBe('1');
  const problem = JSON.parse(text) as ProblemBody; // the published shape of a problem
  expect(problem).toMatchObject({ status: 503, code: 'OUTCOME_UNKNOWN' });
  expect(problem.detail).toContain(advice);
}
