import { eventually } from '@waybill/messaging/testing';
import { Client } from 'pg';

import { insertIntents } from '../persistence/sql/insert-intents.js';
import { PaymentHarness } from '../testing/payment-harness.js';

const FORGET = { name: 'test_forget', text: 'DELETE FROM payment WHERE order_id = ANY ($1)' };
/** What the row says where the rival transaction of a refund was the first to commit. */
const AS_OF_A_REFUND = {
  name: 'test_as_of_a_refund',
  text: "UPDATE payment SET amount = 0, payment_method = '' WHERE order_id = $1",
};

jest.setTimeout(60_000); // a busy machine is no failure

describe('payments', () => {
  let payments: PaymentHarness;
  let books: Client;

  beforeAll(async () => {
    payments = await PaymentHarness.start();
    books = new Client({ connectionString: payments.ledgerUrl });
    await books.connect();
  });

  afterAll(async () => {
    await books.end();
    await payments.stop();
  });

  /** What the provider holds: charges minus refunds, over all orders of this file so far. */
  const held = async (): Promise<number> => {
    const { rows } = await books.query<{ held: number }>(
      `SELECT ((SELECT coalesce(sum(amount), 0) FROM charge WHERE status = 'charged')
             - (SELECT coalesce(sum(amount), 0) FROM refund WHERE status = 'refunded'))::float8 AS held`,
    );
    return rows[0]?.held ?? NaN;
  };
  const answers = (orderId: string) => payments.outbox.sentFor(orderId);

  it('charges many orders at once and answers each', async () => {
    const before = await held();
    const orders = Array.from({ length: 50 }, () => payments.newOrder());
    expect(await payments.process('pm_card_ok', ...orders)).toEqual([]);
    for (const orderId of orders) {
      expect(answers(orderId)).toMatchObject([
        { name: 'payment.charged', data: { orderId, amount: { amount: 1250, currency: 'EUR' } } },
      ]);
      expect(await payments.statusOf(orderId)).toEqual(['CHARGED']);
    }
    expect(await held()).toBe(before + 50 * 1250);
  });

  it('answers the same command sent twice twice, with one charge', async () => {
    const before = await held();
    const orderId = payments.newOrder();
    await payments.process('pm_card_ok', orderId);
    await payments.process('pm_card_ok', orderId);
    await payments.process('pm_card_ok', orderId, orderId);
    expect(answers(orderId)).toHaveLength(4);
    expect(new Set(answers(orderId).map((answer) => JSON.stringify(answer)))).toHaveProperty('size', 1);
    expect(await held()).toBe(before + 1250);
  });

  it('asks for the same charge again after a restore has forgotten the payment, and undoes it by the order alone (F71)', async () => {
    const before = await held();
    const [again, undone] = [payments.newOrder(), payments.newOrder()];
    await payments.process('pm_card_ok', again, undone);
    await payments.database.query(FORGET, [[again, undone]]);
    await payments.process('pm_card_ok', again);
    await payments.refund(undone);
    expect(answers(again).map(({ name }) => name)).toEqual(['payment.charged', 'payment.charged']);
    expect(await held()).toBe(before + 1250);
  });

  it('charges once when two replicas handle the same command at the same time', async () => {
    const before = await held();
    const orders = Array.from({ length: 20 }, () => payments.newOrder());
    await Promise.all([
      payments.process('pm_card_ok', ...orders),
      payments.process('pm_card_ok', ...orders.toReversed()),
    ]);
    expect(await held()).toBe(before + 20 * 1250);
    expect(new Set(orders.flatMap((orderId) => answers(orderId).map(({ name }) => name)))).toEqual(
      new Set(['payment.charged']),
    );
  });

  it('takes the intents of the same orders from several replicas at once, whichever index they meet in', async () => {
    for (let round = 0; round < 200; round += 1) {
      const orders = Array.from({ length: 20 }, () => payments.newOrder());
      const intents = [
        orders,
        orders,
        orders.map(() => 'PENDING'),
        orders.map(() => 1),
        orders.map(() => 'EUR'),
        orders.map(() => 'pm_card_ok'),
      ];
      const rival = () => payments.database.transaction((tx) => tx.query(insertIntents, intents));
      await Promise.all([rival(), rival(), rival()]);
    }
  });

  it('answers with what was charged where the intent of a refund came between its own and the call', async () => {
    const orderId = payments.newOrder();
    const processed = payments.process('pm_card_slow', orderId);
    await eventually(async () => (await payments.statusOf(orderId)).length === 1);
    await payments.database.query(AS_OF_A_REFUND, [orderId]);
    expect(await processed).toEqual([]);
    const amount = { amount: 1250, currency: 'EUR' };
    expect(answers(orderId)).toMatchObject([{ name: 'payment.charged', data: { amount } }]);
    await payments.process('pm_card_ok', orderId);
    expect(answers(orderId)[1]).toEqual(answers(orderId)[0]);
  });

  it('does not make another charge of one that may have been made, and says so (F67)', async () => {
    const before = await held();
    const orderId = payments.newOrder();
    await payments.process('pm_card_timeout_after', orderId); // charged, but nobody heard of it
    expect(await payments.process('pm_card_ok', orderId)).toMatchObject([
      { code: 'PAYMENT_CONFLICT', message: expect.stringContaining('1250 EUR') },
    ]);
    const other = { amount: 1251, currency: 'EUR' };
    expect(await payments.processBy({ kind: 'card', token: 'pm_card_timeout_after' }, other, orderId)).toMatchObject([
      { code: 'PAYMENT_CONFLICT' },
    ]);
    expect(answers(orderId)).toEqual([]);
    expect(await payments.process('pm_card_timeout_after', orderId)).toEqual([]);
    expect(answers(orderId)).toMatchObject([{ name: 'payment.charged', data: { amount: { amount: 1250 } } }]);
    expect(await held()).toBe(before + 1250);
  });

  it('declines a bad card and an unknown method, at once', async () => {
    const [bad, unknown] = [payments.newOrder(), payments.newOrder()];
    expect(await payments.process('pm_card_declined', bad)).toEqual([]);
    expect(await payments.process('__proto__', unknown)).toEqual([]);
    expect(answers(bad)).toMatchObject([{ name: 'payment.declined', data: { code: 'PAYMENT_DECLINED' } }]);
    expect(answers(unknown)).toMatchObject([{ name: 'payment.declined', data: { code: 'PAYMENT_METHOD_UNKNOWN' } }]);
    await payments.process('pm_card_declined', bad);
    expect(answers(bad)[1]).toEqual(answers(bad)[0]);
  });

  it('continues from the durable intent after failed calls', async () => {
    const before = await held();
    const orderId = payments.newOrder();
    for (const _ of [1, 2, 3]) {
      expect(await payments.process('pm_card_flaky_3', orderId)).toMatchObject([{ code: 'PAYMENT_GATEWAY_FAILED' }]);
      expect(await payments.statusOf(orderId)).toEqual(['PENDING']);
    }
    expect(await payments.process('pm_card_flaky_3', orderId)).toEqual([]);
    expect(answers(orderId)).toMatchObject([{ name: 'payment.charged' }]);
    expect(await held()).toBe(before + 1250);
  });

  it('concludes what was answered, without the call that failed beside it', async () => {
    const [flaky, fine] = [payments.newOrder(), payments.newOrder()];
    await payments.process('pm_card_flaky_3', flaky);
    await payments.process('pm_card_ok', flaky, fine);
    expect(await payments.statusOf(flaky)).toEqual(['PENDING']);
    expect(await payments.statusOf(fine)).toEqual(['CHARGED']);
  });

  it('refunds what was charged, once, and answers a repeated refund again', async () => {
    const before = await held();
    const orderId = payments.newOrder();
    await payments.process('pm_card_ok', orderId);
    await payments.refund(orderId);
    await payments.refund(orderId);
    expect(answers(orderId).slice(1)).toMatchObject([
      { name: 'payment.refunded', data: { amount: { amount: 1250 } } },
      { name: 'payment.refunded', data: { amount: { amount: 1250 } } },
    ]);
    expect(await payments.statusOf(orderId)).toEqual(['REFUNDED']);
    expect(await held()).toBe(before);
  });

  it('undoes a charge that took effect although its call timed out (F23)', async () => {
    const before = await held();
    const orderId = payments.newOrder();
    expect(await payments.process('pm_card_timeout_after_always', orderId)).toHaveLength(1);
    expect(await held()).toBe(before + 1250);
    await payments.refund(orderId);
    expect(answers(orderId)).toMatchObject([{ name: 'payment.refunded', data: { amount: { amount: 1250 } } }]);
    expect(await payments.statusOf(orderId)).toEqual(['REFUNDED']);
    expect(await held()).toBe(before);
  });

  it('calls off a charge that has not happened, and never makes it later (F23, F24)', async () => {
    const before = await held();
    const orderId = payments.newOrder();
    await payments.process('pm_card_timeout_before', orderId);
    await payments.refund(orderId);
    await payments.process('pm_card_timeout_before', orderId);
    expect(answers(orderId)).toMatchObject([
      { name: 'payment.refunded', data: { amount: { amount: 0 } } },
      { name: 'payment.declined', data: { code: 'CANCELLED' } },
    ]);
    expect(await payments.statusOf(orderId)).toEqual(['FAILED']);
    expect(await held()).toBe(before);
  });

  it('declines an order whose refund came first', async () => {
    const before = await held();
    const orderId = payments.newOrder();
    await payments.refund(orderId);
    await payments.process('pm_card_ok', orderId);
    expect(answers(orderId)).toMatchObject([
      { name: 'payment.refunded', data: { amount: { amount: 0, currency: 'EUR' } } },
      { name: 'payment.declined', data: { code: 'CANCELLED' } },
    ]);
    expect(await held()).toBe(before);
  });

  it('leaves nothing charged when a refund overtakes a charge in flight (F24)', async () => {
    const before = await held();
    const orderId = payments.newOrder();
    await payments.process('pm_card_flaky_3', orderId);
    await Promise.all([payments.process('pm_card_ok', orderId), payments.refund(orderId)]);
    expect(await held()).toBe(before);
    expect(['FAILED', 'REFUNDED']).toContain((await payments.statusOf(orderId))[0]);
  });

  it('keeps asking for a refund that fails, and reports one that is refused for good (F22)', async () => {
    const [flaky, never] = [payments.newOrder(), payments.newOrder()];
    await payments.process('pm_card_refund_flaky_3', flaky);
    await payments.process('pm_card_refund_fails_once', never);
    for (const _ of [1, 2, 3]) expect(await payments.refund(flaky)).toHaveLength(1);
    expect(await payments.refund(flaky, never)).toEqual([]);
    expect(answers(flaky)[1]).toMatchObject({ name: 'payment.refunded' });
    expect(answers(never)[1]).toMatchObject({ name: 'payment.refund-failed', data: { code: 'REFUND_REFUSED' } });
    expect(await payments.statusOf(never)).toEqual(['CHARGED']);
    await payments.refund(never);
    expect(answers(never)[2]).toMatchObject({ name: 'payment.refunded', data: { amount: { amount: 1250 } } });
  });

  it('forgets how an order was paid, and keeps how much; repeatedly, and whether or not there is a payment (F81)', async () => {
    const [paid, declined, unknown] = [payments.newOrder(), payments.newOrder(), payments.newOrder()];
    await payments.process('pm_card_ok', paid);
    await payments.process('pm_card_declined', declined);
    const rows = async () =>
      payments.database.query<{ payment_method: string }>(
        {
          name: 'test_erased',
          text: `SELECT status, payment_method, amount::int AS amount, decline_code, decline_message
            FROM payment WHERE order_id = ANY ($1) ORDER BY status`,
        },
        [[paid, declined]],
      );
    await payments.erase(paid, declined, unknown);
    await payments.erase(paid);
    const erased = { payment_method: '(erased)', amount: 1250 };
    expect(await rows()).toEqual([
      { ...erased, status: 'CHARGED', decline_code: null, decline_message: null },
      { ...erased, status: 'DECLINED', decline_code: 'PAYMENT_DECLINED', decline_message: '(erased)' },
    ]);
    expect(answers(unknown)).toEqual([{ name: 'payment.erased', data: { orderId: unknown } }]);
    // A command that comes once more brings nothing back.
    await payments.process('pm_card_ok', paid);
    expect((await rows())[0]).toMatchObject(erased);
  });
});
