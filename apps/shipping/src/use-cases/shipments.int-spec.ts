import { newId as newOrder } from '@waybill/observability';
import { Client } from 'pg';

import { insertIntents } from '../persistence/sql/insert-intents.js';
import { ShippingHarness } from '../testing/shipping-harness.js';

const FORGET = { name: 'test_forget', text: 'DELETE FROM shipment WHERE order_id = $1' };

jest.setTimeout(60_000); // a busy machine is no failure

describe('shipments', () => {
  let shipping: ShippingHarness;
  let books: Client;

  beforeAll(async () => {
    shipping = await ShippingHarness.start();
    books = new Client({ connectionString: shipping.ledgerUrl });
    await books.connect();
  });

  afterAll(async () => {
    await books.end();
    await shipping.stop();
  });

  const booked = async (): Promise<number> => {
    const { rows } = await books.query<{ count: number }>(
      `SELECT count(*)::int AS count FROM booking WHERE status = 'booked'`,
    );
    return rows[0]?.count ?? NaN;
  };
  const answers = (orderId: string) => shipping.outbox.sentFor(orderId);

  it('books many orders at once and answers each', async () => {
    const before = await booked();
    const orders = Array.from({ length: 50 }, () => newOrder());
    expect(await shipping.create('12345', ...orders)).toEqual([]);
    for (const orderId of orders) {
      expect(answers(orderId)).toMatchObject([{ name: 'shipment.created', data: { orderId } }]);
      expect(await shipping.statusOf(orderId)).toEqual(['CREATED']);
    }
    expect(await booked()).toBe(before + 50);
  });

  it('asks for the same booking again after a restore has forgotten the shipment (F71)', async () => {
    const before = await booked();
    const orderId = newOrder();
    await shipping.create('12345', orderId);
    await shipping.database.query(FORGET, [orderId]);
    await shipping.create('12345', orderId);
    expect(answers(orderId).map(({ name }) => name)).toEqual(['shipment.created', 'shipment.created']);
    expect(await booked()).toBe(before + 1);
  });

  it('takes the intents of the same orders from several replicas at once, whichever index they meet in', async () => {
    for (let round = 0; round < 200; round += 1) {
      const orders = Array.from({ length: 20 }, () => newOrder());
      const intents = [orders, orders, orders.map(() => 'PENDING')];
      const rival = () => shipping.database.transaction((tx) => tx.query(insertIntents, intents));
      await Promise.all([rival(), rival(), rival()]);
    }
  });

  it('answers the same command twice, also from two replicas at once, with one booking', async () => {
    const before = await booked();
    const orderId = newOrder();
    await Promise.all([shipping.create('12345', orderId), shipping.create('12345', orderId)]);
    await shipping.create('12345', orderId);
    expect(answers(orderId)).toHaveLength(3);
    expect(new Set(answers(orderId).map((answer) => JSON.stringify(answer)))).toHaveProperty('size', 1);
    expect(await booked()).toBe(before + 1);
  });

  it('reports a refusal of the carrier, and has nothing to cancel then', async () => {
    const orderId = newOrder();
    await shipping.create('00000', orderId);
    await shipping.cancel(orderId);
    expect(answers(orderId)).toMatchObject([
      { name: 'shipment.refused', data: { code: 'CARRIER_REFUSED' } },
      { name: 'shipment.cancelled' },
    ]);
    expect(await shipping.statusOf(orderId)).toEqual(['REFUSED']);
  });

  it('continues from the durable intent after failed calls', async () => {
    const orderId = newOrder();
    for (const _ of [1, 2, 3]) {
      expect(await shipping.create('00003', orderId)).toMatchObject([{ code: 'CARRIER_FAILED' }]);
    }
    expect(await shipping.statusOf(orderId)).toEqual(['PENDING']);
    await shipping.create('00003', orderId);
    expect(answers(orderId)).toMatchObject([{ name: 'shipment.created' }]);
  });

  it('undoes a booking that took effect although its call timed out (F23)', async () => {
    const before = await booked();
    const orderId = newOrder();
    expect(await shipping.create('00005', orderId)).toHaveLength(1);
    expect(await booked()).toBe(before + 1);
    await shipping.cancel(orderId);
    expect(answers(orderId)).toMatchObject([{ name: 'shipment.cancelled' }]);
    expect(await shipping.statusOf(orderId)).toEqual(['CANCELLED']);
    expect(await booked()).toBe(before);
  });

  it('refuses an order whose cancellation came first', async () => {
    const before = await booked();
    const orderId = newOrder();
    await shipping.cancel(orderId);
    await shipping.create('12345', orderId);
    expect(answers(orderId)).toMatchObject([
      { name: 'shipment.cancelled' },
      { name: 'shipment.refused', data: { code: 'CANCELLED' } },
    ]);
    expect(await booked()).toBe(before);
  });

  it('keeps asking for a cancellation that fails, and reports one that is refused for good (F22)', async () => {
    const [flaky, never] = [newOrder(), newOrder()];
    await shipping.create('00006', flaky);
    await shipping.create('00008', never);
    for (const _ of [1, 2, 3]) expect(await shipping.cancel(flaky)).toHaveLength(1);
    expect(await shipping.cancel(flaky, never)).toEqual([]);
    expect(answers(flaky)[1]).toMatchObject({ name: 'shipment.cancelled' });
    expect(answers(never)[1]).toMatchObject({ name: 'shipment.cancel-failed', data: { code: 'CANCELLATION_REFUSED' } });
    expect(await shipping.statusOf(never)).toEqual(['CREATED']);
    await shipping.cancel(never);
    expect(answers(never)[2]).toMatchObject({ name: 'shipment.cancelled' });
  });

  it('keeps no address in its own table (F38)', async () => {
    const rows = await shipping.database.query({
      name: 'everything',
      text: 'SELECT row_to_json(s)::text AS row FROM shipment s',
    });
    expect(JSON.stringify(rows)).not.toMatch(/Ada|Example Street|Exampleton/);
  });

  it("forgets what leads to the customer's address, and the carrier's words (F81)", async () => {
    const [sent, refused] = [newOrder(), newOrder()];
    await shipping.create('12345', sent);
    await shipping.create('00000', refused);
    await shipping.erase(sent, refused);
    const text = `SELECT status, tracking_number, refusal_code, refusal_message FROM shipment WHERE order_id = ANY ($1) ORDER BY status`;
    expect(await shipping.database.query({ name: 'test_erased', text }, [[sent, refused]])).toEqual([
      { status: 'CREATED', tracking_number: '(erased)', refusal_code: null, refusal_message: null },
      { status: 'REFUSED', tracking_number: null, refusal_code: 'CARRIER_REFUSED', refusal_message: '(erased)' },
    ]);
    expect(answers(sent).at(-1)).toEqual({ name: 'shipment.erased', data: { orderId: sent } });
    await shipping.create('12345', sent);
    expect(JSON.stringify(await shipping.database.query({ name: 'test_erased', text }, [[sent]]))).toContain(
      '(erased)',
    );
  });
});
