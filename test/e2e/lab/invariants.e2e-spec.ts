import { randomBytes, randomUUID } from 'node:crypto';

import { databaseUrl } from '@waybill/database';
import { testDatabaseServer } from '@waybill/embedded/testing';
import { newId } from '@waybill/observability';
import { Client } from 'pg';

import { brokenBy, hold, LabInvariants } from '../../system/lab-invariants.js';
import { expectBalanced, stockTake } from '../../system/ledger.js';
import { RunningSystem } from '../../system/running-system.js';
import { ServerConnections } from '../../system/server-connections.js';
import type { ServiceProcess } from '../../system/service-process.js';
import { until } from '../../system/until.js';

const TOKEN = randomBytes(24).toString('hex');

/** Orders of all kinds, so that a fault meets forward steps and compensations alike. */
const KINDS: readonly Record<string, unknown>[] = [
  {},
  { paymentMethod: 'pm_card_declined' },
  { items: [{ sku: 'SKU-SOLD-OUT', quantity: 1 }] },
  { shippingAddress: { name: 'A', line1: 'B', city: 'C', postalCode: '00000', country: 'DE' } },
  { paymentMethod: 'pm_card_slow' },
];
const ORDERS = 30;

describe('the invariants that the lab shows', () => {
  let system: RunningSystem;
  let lab: ServiceProcess;
  let invariants: LabInvariants;

  beforeAll(async () => {
    system = await RunningSystem.start();
    lab = await system.lab(TOKEN);
    await lab.start();
    invariants = new LabInvariants(lab, TOKEN);
  }, 180_000);

  afterAll(async () => {
    await lab?.end();
    await system?.stop();
  }, 60_000);

  async function query(database: string, statement: string, values: readonly unknown[] = []): Promise<object[]> {
    const client = new Client({
      connectionString: databaseUrl(testDatabaseServer(), `${system.databasePrefix}${database}`),
    });
    await client.connect();
    try {
      return (await client.query<object>(statement, [...values])).rows;
    } finally {
      await client.end();
    }
  }

  /** A fulfilled order whose last answer has been taken. */
  async function fulfilledOrder(): Promise<string> {
    const { id } = await system.placeAndWait();
    await until(async () => (await system.saga(id)).status === 'COMPLETED', { what: 'the last answer' });
    return id;
  }

  const untilBroken = (subject: string, names: readonly string[]): Promise<void> =>
    invariants.until(`${names.join(', ')} to be broken by ${subject}`, (seen) => {
      const broken = brokenBy(seen, subject);
      return broken.length === names.length && names.every((name) => broken.includes(name));
    });
  const untilWhole = (): Promise<void> => invariants.until('all to hold', hold);

  it('hold for all orders while services are killed and all connections are lost', async () => {
    const initial = await stockTake(system);
    const connections = await ServerConnections.open(system.databasePrefix);
    const seen = new Set<string>();
    const looking = { on: true };
    const looks = until(
      async () => {
        for (const { name, state } of await invariants.look()) seen.add(`${name} ${state}`);
        return !looking.on;
      },
      { timeoutMs: 240_000, what: 'the end of the test' },
    );
    try {
      const placed = await Promise.all(Array.from({ length: ORDERS }, (_, n) => system.place(KINDS[n % KINDS.length])));
      expect(placed.map(({ status }) => status)).toEqual(placed.map(() => 201));
      await system.services.payment.end('SIGKILL');
      await connections.terminateAll();
      await system.services.payment.start();
      await system.services.order.end('SIGKILL');
      await system.services.order.start();
      await Promise.all(placed.map(({ body }) => system.ended(body.id, 120_000)));
      await invariants.until(
        'all orders to be compared',
        (all) => hold(all) && all.every(({ checked }) => checked === ORDERS),
      );
      await expectBalanced(system, initial);
    } finally {
      looking.on = false;
      await looks;
      await connections.close();
    }
    expect([...seen].filter((state) => state.endsWith('broken'))).toEqual([]);
  }, 240_000);

  it('say that they cannot tell while a database is away, and no worse', async () => {
    const database = `${system.databasePrefix}carrier`;
    await query('order', `ALTER DATABASE "${database}" ALLOW_CONNECTIONS false`);
    await query('order', 'SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1', [database]);
    await invariants.until('the ledgers to be unknown', (all) =>
      all.every(({ name, state, reason }) =>
        name === 'ledgers-agree'
          ? state === 'unknown' && reason?.startsWith("The carrier database can't be read: ") === true
          : state === 'holds',
      ),
    );
    await query('order', `ALTER DATABASE "${database}" ALLOW_CONNECTIONS true`);
    await untilWhole();
  }, 120_000);

  it('turn red for an order that was saved without anything that fulfils it, as a dual write leaves it', async () => {
    const [like, id] = [await fulfilledOrder(), newId()];
    await query(
      'order',
      `INSERT INTO order_view (id, status, customer_id, items, total_amount, total_currency, placed_at, updated_at)
       SELECT $2, 'PLACED', customer_id, items, total_amount, total_currency, now(), now() FROM order_view WHERE id = $1`,
      [like, id],
    );
    await untilBroken(id, ['no-order-lost']);
    await query('order', 'DELETE FROM order_view WHERE id = $1', [id]);
    await untilWhole();
  }, 120_000);

  it('turn red for a payment whose order was rolled back, as a dual write the other way round leaves it', async () => {
    const [like, id] = [await fulfilledOrder(), newId()];
    await query(
      'payment',
      `INSERT INTO payment (id, order_id, status, amount, currency, payment_method)
       SELECT gen_random_uuid(), $2, status, amount, currency, payment_method FROM payment WHERE order_id = $1`,
      [like, id],
    );
    await untilBroken(id, ['no-order-lost']);
    await query('payment', 'DELETE FROM payment WHERE order_id = $1', [id]);
    await untilWhole();
  }, 120_000);

  it('turn red for an order that is charged again under another key, as a consumer without an inbox does', async () => {
    const [id, key] = [await fulfilledOrder(), randomUUID()];
    await query(
      'payment_provider',
      `INSERT INTO charge (idempotency_key, reference, payment_method, amount, currency, status, calls, refund_failures, refund_refusals)
       SELECT $2, reference, payment_method, amount, currency, status, 1, 0, 0 FROM charge WHERE reference = $1`,
      [id, key],
    );
    await untilBroken(id, ['none-charged-twice', 'ledgers-agree']);
    await query('payment_provider', 'DELETE FROM charge WHERE idempotency_key = $1', [key]);
    await untilWhole();
  }, 120_000);

  it('turn red for an order that reserves what is not there, as a reader of a stale stock does', async () => {
    const id = newId();
    await query(
      'inventory',
      `INSERT INTO reservation (id, order_id, status, items, shortages)
       SELECT gen_random_uuid(), $1, 'RESERVED', jsonb_build_array(jsonb_build_object('sku', sku, 'quantity', on_hand + 1)), '[]'
       FROM stock WHERE sku = 'SKU-MUG-BLUE'`,
      [id],
    );
    await untilBroken(id, ['nothing-oversold']);
    await query('inventory', 'DELETE FROM reservation WHERE order_id = $1', [id]);
    await untilWhole();
  }, 120_000);

  it('turn red for units that leave the stock for nobody, and for an order that has not got what it ordered', async () => {
    await query('inventory', `UPDATE stock SET on_hand = on_hand - 1 WHERE sku = 'SKU-MUG-BLUE'`);
    await untilBroken('SKU-MUG-BLUE', ['nothing-oversold']);
    await query('inventory', `UPDATE stock SET on_hand = on_hand + 1 WHERE sku = 'SKU-MUG-BLUE'`);
    await untilWhole();
    const id = await fulfilledOrder();
    const [row] = (await query('inventory', 'SELECT items FROM reservation WHERE order_id = $1', [id])) as {
      items: unknown;
    }[];
    await query('inventory', `UPDATE reservation SET items = '[]' WHERE order_id = $1`, [id]);
    await untilBroken(id, ['nothing-oversold']);
    await query('inventory', 'UPDATE reservation SET items = $2 WHERE order_id = $1', [id, JSON.stringify(row?.items)]);
    await untilWhole();
  }, 120_000);

  it('turn red for a command that overtook the one before it, as a consumer with many workers lets it', async () => {
    const id = await fulfilledOrder(); // not looked at yet
    const [first, second] = (await query(
      'order',
      `SELECT id FROM outbox WHERE aggregateid = $1 AND topic = 'inventory.commands' ORDER BY seq`,
      [id],
    )) as { id: string }[];
    const swap = `UPDATE inbox i SET position = other.position FROM inbox other
      WHERE i.message_id IN ($1, $2) AND other.message_id IN ($1, $2) AND i.message_id <> other.message_id`;
    await query('inventory', swap, [first?.id, second?.id]);
    const earlier = `UPDATE inbox SET received_at = received_at + interval '1 hour' WHERE message_id = $1`;
    await query('inventory', earlier, [first?.id]);
    await untilBroken(id, ['key-order-kept']);
    await query('inventory', swap, [first?.id, second?.id]);
    await query('inventory', earlier.replace('+', '-'), [first?.id]);
    await untilWhole();
  }, 120_000);

  it('turn red for a parcel that the carrier has called off, and for a reservation that was given back', async () => {
    const id = await fulfilledOrder();
    await query('carrier', `UPDATE booking SET status = 'cancelled' WHERE reference = $1`, [id]);
    await untilBroken(id, ['ledgers-agree']);
    await query('carrier', `UPDATE booking SET status = 'booked' WHERE reference = $1`, [id]);
    await query('inventory', `UPDATE reservation SET status = 'RELEASED' WHERE order_id = $1`, [id]);
    await untilBroken(id, ['nothing-oversold', 'sagas-ended-right']);
    await query('inventory', `UPDATE reservation SET status = 'COMMITTED' WHERE order_id = $1`, [id]);
    await untilWhole();
  }, 120_000);
});
