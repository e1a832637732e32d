import { createTestDatabase, testDatabaseServer } from '@waybill/embedded/testing';
import type { TestDatabase } from '@waybill/embedded/testing';
import { beginProviderFault, endProviderFault, listProviderFaults } from '@waybill/simulator';
import { Client } from 'pg';

import { PaymentGatewaySimulator } from './payment-gateway.simulator.js';

jest.setTimeout(60_000); // a busy machine is no failure

describe('PaymentGatewaySimulator', () => {
  const { signal } = new AbortController();
  let database: TestDatabase;
  let gateway: PaymentGatewaySimulator;
  let books: Client;
  let count = 0;

  beforeAll(async () => {
    database = await createTestDatabase('payment_provider');
    const name = new URL(database.url).pathname.slice(1);
    // Two at once: creating the tables must not collide.
    const [first, second] = await Promise.all([
      PaymentGatewaySimulator.open(testDatabaseServer(), name),
      PaymentGatewaySimulator.open(testDatabaseServer(), name),
    ]);
    await second.onApplicationShutdown();
    gateway = first;
    books = new Client({ connectionString: database.url });
    await books.connect();
  });

  afterAll(async () => {
    await gateway.onApplicationShutdown();
    await books.end();
    await database.drop();
  });

  const charge = (paymentMethod: string, idempotencyKey = `key-${(count += 1)}`) => ({
    idempotencyKey,
    outcome: gateway.charge(
      {
        idempotencyKey,
        reference: `order of ${idempotencyKey}`,
        amount: { amount: 1250, currency: 'EUR' },
        paymentMethod,
      },
      signal,
    ),
  });
  const refund = (chargeKey: string) => gateway.refund({ chargeKey }, signal);
  const held = async (key: string): Promise<number> => {
    const { rows } = await books.query<{ held: number }>(
      `SELECT (coalesce((SELECT sum(amount) FROM charge WHERE idempotency_key = $1 AND status = 'charged'), 0)
             - coalesce((SELECT sum(amount) FROM refund WHERE charge_key = $1 AND status = 'refunded'), 0))::float8 AS held`,
      [key],
    );
    return rows[0]?.held ?? NaN;
  };

  it('charges once per idempotency key, however often and however many at once ask', async () => {
    const { idempotencyKey, outcome } = charge('pm_card_ok');
    const again = charge('pm_card_ok', idempotencyKey);
    const otherMethod = charge('pm_card_declined', idempotencyKey);
    expect(await outcome).toMatchObject({ kind: 'charged' });
    expect(await again.outcome).toEqual(await outcome);
    expect(await otherMethod.outcome).toEqual(await outcome);
    expect(await held(idempotencyKey)).toBe(1250);
  });

  it('keeps beside a charge whose it is', async () => {
    const { idempotencyKey, outcome } = charge('pm_card_ok');
    await outcome;
    const { rows } = await books.query('SELECT reference FROM charge WHERE idempotency_key = $1', [idempotencyKey]);
    expect(rows).toEqual([{ reference: `order of ${idempotencyKey}` }]);
  });

  it('declines a bad card, and one that it does not know', async () => {
    expect(await charge('pm_card_declined').outcome).toMatchObject({ kind: 'declined', code: 'PAYMENT_DECLINED' });
    expect(await charge('constructor').outcome).toMatchObject({ kind: 'declined', code: 'PAYMENT_METHOD_UNKNOWN' });
  });

  it('fails three times per key, then works', async () => {
    const { idempotencyKey, outcome } = charge('pm_card_flaky_3');
    await expect(outcome).rejects.toMatchObject({ code: 'PAYMENT_GATEWAY_FAILED' });
    await expect(charge('pm_card_flaky_3', idempotencyKey).outcome).rejects.toThrow();
    await expect(charge('pm_card_flaky_3', idempotencyKey).outcome).rejects.toThrow();
    expect(await held(idempotencyKey)).toBe(0);
    expect(await charge('pm_card_flaky_3', idempotencyKey).outcome).toMatchObject({ kind: 'charged' });
    expect(await charge('pm_card_flaky_3', idempotencyKey).outcome).toMatchObject({ kind: 'charged' });
    expect(await held(idempotencyKey)).toBe(1250);
  });

  it('tells the truth about a charge that timed out, before or after it took effect', async () => {
    const before = charge('pm_card_timeout_before');
    await expect(before.outcome).rejects.toThrow();
    expect(await held(before.idempotencyKey)).toBe(0);
    const after = charge('pm_card_timeout_after');
    await expect(after.outcome).rejects.toThrow();
    expect(await held(after.idempotencyKey)).toBe(1250);
    expect(await charge('pm_card_timeout_after', after.idempotencyKey).outcome).toMatchObject({ kind: 'charged' });
  });

  it('refunds once', async () => {
    const { idempotencyKey, outcome } = charge('pm_card_ok');
    await outcome;
    expect(await Promise.all([refund(idempotencyKey), refund(idempotencyKey)])).toEqual([
      { kind: 'refunded', amount: 1250 },
      { kind: 'refunded', amount: 1250 },
    ]);
    expect(await held(idempotencyKey)).toBe(0);
  });

  it('calls a charge off for ever when its refund comes first (F23)', async () => {
    expect(await refund('never-charged')).toEqual({ kind: 'nothing-charged' });
    expect(await charge('pm_card_ok', 'never-charged').outcome).toMatchObject({ kind: 'declined', code: 'CANCELLED' });
    const flaky = charge('pm_card_flaky_3');
    await expect(flaky.outcome).rejects.toThrow();
    expect(await refund(flaky.idempotencyKey)).toEqual({ kind: 'nothing-charged' });
    expect(await charge('pm_card_flaky_3', flaky.idempotencyKey).outcome).toMatchObject({ code: 'CANCELLED' });
    expect(await held(flaky.idempotencyKey)).toBe(0);
  });

  it('refunds a charge whose caller never heard of it (F23)', async () => {
    const lost = charge('pm_card_timeout_after_always');
    await expect(lost.outcome).rejects.toThrow();
    expect(await refund(lost.idempotencyKey)).toEqual({ kind: 'refunded', amount: 1250 });
    expect(await held(lost.idempotencyKey)).toBe(0);
  });

  it('fails a refund three times, then refunds once (F22)', async () => {
    const { idempotencyKey, outcome } = charge('pm_card_refund_flaky_3');
    await outcome;
    for (const _ of [1, 2, 3]) await expect(refund(idempotencyKey)).rejects.toThrow();
    expect(await held(idempotencyKey)).toBe(1250);
    expect(await refund(idempotencyKey)).toEqual({ kind: 'refunded', amount: 1250 });
  });

  it('refuses a refund for good, or until an operator asks again (F22)', async () => {
    const never = charge('pm_card_refund_fails');
    await never.outcome;
    expect(await refund(never.idempotencyKey)).toMatchObject({ kind: 'refused' });
    expect(await refund(never.idempotencyKey)).toMatchObject({ kind: 'refused', code: 'REFUND_REFUSED' });
    expect(await held(never.idempotencyKey)).toBe(1250);
    const once = charge('pm_card_refund_fails_once');
    await once.outcome;
    expect(await refund(once.idempotencyKey)).toMatchObject({ kind: 'refused' });
    expect(await refund(once.idempotencyKey)).toEqual({ kind: 'refunded', amount: 1250 });
  });

  it('charges nothing when the caller gives up on a slow card', async () => {
    const giveUp = new AbortController();
    const amount = { amount: 1, currency: 'EUR' };
    const request = { idempotencyKey: 'slow', reference: 'order', amount, paymentMethod: 'pm_card_slow' };
    const outcome = gateway.charge(request, giveUp.signal);
    giveUp.abort();
    await expect(outcome).rejects.toThrow();
    expect(await held('slow')).toBe(0);
  });

  describe('whose table of faults says', () => {
    const begin = (kind: string, delayMs: number, moment: string, seconds = 60) =>
      books.query(beginProviderFault.text, [kind, 100, delayMs, moment, seconds]);
    const end = (kind: string) => books.query(endProviderFault.text, [kind]);
    /** What is known of the table may be a second old. */
    const untilCharge = async (fits: (failed: boolean, key: string) => Promise<boolean> | boolean) => {
      for (;;) {
        const { idempotencyKey, outcome } = charge('pm_card_ok');
        const failed = await outcome.then(
          () => false,
          () => true,
        );
        if (await fits(failed, idempotencyKey)) return idempotencyKey;
      }
    };

    it('that calls fail, before or after it has charged, does so until the row ends, and counts', async () => {
      await begin('failing', 0, 'before');
      expect((await begin('failing', 0, 'after')).rowCount).toBe(0); // one at a time
      const notCharged = await untilCharge((failed) => failed);
      expect(await held(notCharged)).toBe(0);
      await end('failing');
      await begin('failing', 0, 'after');
      const charged = await untilCharge(async (failed, key) => failed && (await held(key)) > 0);
      await end('failing');
      await untilCharge((failed) => !failed);
      expect(await charge('pm_card_ok', charged).outcome).toMatchObject({ kind: 'charged' });
      expect(await held(charged)).toBe(1250);
      await untilCharge(async () => {
        const { rows } = await books.query<{ struck: number }>(listProviderFaults.text);
        return (rows[0]?.struck ?? 0) > 0;
      });
    });

    it('that calls are slow, has them wait, and charges nothing that was given up meanwhile', async () => {
      await begin('slow', 30_000, 'before');
      for (let isSlow = false; !isSlow;) {
        const idempotencyKey = `key-${(count += 1)}`;
        const given = new AbortController();
        const amount = { amount: 1250, currency: 'EUR' };
        const request = { idempotencyKey, reference: 'slow', amount, paymentMethod: 'pm_card_ok' };
        const waiting = gateway.charge(request, given.signal);
        const outcome = await Promise.race([waiting, new Promise((resolve) => setTimeout(resolve, 500, 'waits'))]);
        isSlow = outcome === 'waits';
        given.abort();
        if (isSlow) await expect(waiting).rejects.toThrow();
        expect(await held(idempotencyKey)).toBe(isSlow ? 0 : 1250);
      }
      await end('slow');
    });
  });
});
