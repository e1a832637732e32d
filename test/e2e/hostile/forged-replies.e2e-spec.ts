import { randomUUID } from 'node:crypto';

import { PaymentCharged, PaymentRefunded, ProcessPayment, RefundPayment } from '@waybill/contracts';

import type { OrderBody } from '../../system/api.js';
import { heldMessages } from '../../system/held-messages.js';
import type { HeldMessage } from '../../system/held-messages.js';
import { expectBalanced, stockTake } from '../../system/ledger.js';
import { publishOn } from '../../system/read-topics.js';
import { RunningSystem } from '../../system/running-system.js';
import { until } from '../../system/until.js';

interface Forgery {
  readonly key?: string | null;
  readonly headers?: Readonly<Record<string, string | undefined>>;
  readonly data?: object;
}

describe('replies that somebody has forged', () => {
  let system: RunningSystem;
  let initial: ReadonlyMap<string, number>;
  /** Of another order, whose commands are as good as any. */
  let other: OrderBody;

  beforeAll(async () => {
    system = await RunningSystem.start({ MONITOR_INTERVAL_MS: '1000' });
    initial = await stockTake(system);
    other = await system.placeAndWait();
    await system.services.payment.end(); // from here on nobody but the forger answers
  }, 120_000);

  afterAll(() => system?.stop(), 60_000);

  /** The command of this type that was sent for an order, once it was. */
  async function commandOf(orderId: string, type: string): Promise<string> {
    let id: string | null | undefined;
    await until(
      async () => {
        id = (await system.timeline(orderId)).find((entry) => entry.type === type)?.messageId;
        return typeof id === 'string';
      },
      { what: `${type} of ${orderId}` },
    );
    return id ?? '';
  }

  /** Publishes them one after another, and says with which reason each was dead-lettered. */
  async function reasonsFor(type: string, orderId: string, truth: Forgery, forgeries: readonly Forgery[]) {
    const ids = forgeries.map(() => randomUUID());
    await publishOn(
      system.broker,
      forgeries.map(({ key = orderId, headers, data }, index) => ({
        topic: 'payment.events',
        key: key === null ? null : Buffer.from(key),
        value: Buffer.from(JSON.stringify({ ...truth.data, ...data })),
        headers: withoutMissing({
          ce_specversion: '1.0',
          ce_id: ids[index],
          ce_source: '/payment',
          ce_type: type,
          ce_subject: orderId,
          ...truth.headers,
          ...headers,
        }),
      })),
    );
    let letters: readonly HeldMessage[] = [];
    await until(
      async () => {
        letters = (await heldMessages(system.databasePrefix)).filter(({ state }) => state === 'dead');
        return ids.every((id) => letters.some(({ messageId }) => messageId === id));
      },
      { timeoutMs: 30_000, what: 'each forgery to be a dead letter', detail: () => JSON.stringify(letters) },
    );
    return ids.map((id) => letters.find(({ messageId }) => messageId === id)?.reason);
  }

  it('ship nothing: each is a dead letter with its reason and alerts, and the true reply completes the order (F63)', async () => {
    const { id, total } = (await system.place()).body;
    const asked = await commandOf(id, ProcessPayment.type);
    const foreign = await commandOf(other.id, ProcessPayment.type);
    const truth = {
      data: { orderId: id, paymentId: randomUUID(), amount: total },
      headers: { ce_causationid: asked },
    };
    const cent = { amount: { ...total, amount: 1 } };
    const reasons = await reasonsFor(PaymentCharged.type, id, truth, [
      { headers: { ce_causationid: undefined } },
      { headers: { ce_causationid: randomUUID() } },
      { headers: { ce_causationid: foreign } },
      { headers: { ce_source: '/evil' } },
      { headers: { ce_source: undefined } },
      { key: null },
      { key: other.id, headers: { ce_subject: undefined } },
      { data: { orderId: other.id } },
      { data: cent },
      { data: { amount: { ...total, currency: 'JPY' } } },
      { headers: { ce_type: 'payment.charged.v9' } },
      { headers: { ce_causationid: undefined }, data: cent },
    ]);
    expect(reasons).toEqual([
      'REPLY_WITHOUT_CAUSE',
      'REPLY_TO_UNKNOWN_COMMAND',
      'REPLY_TO_UNKNOWN_COMMAND',
      'WRONG_SOURCE',
      'WRONG_SOURCE',
      'KEY_MISMATCH',
      'KEY_MISMATCH',
      'KEY_MISMATCH',
      'REPLY_NOT_AS_ASKED',
      'REPLY_NOT_AS_ASKED',
      'UNKNOWN_VERSION',
      'REPLY_WITHOUT_CAUSE',
    ]);
    expect(await system.saga(id)).toMatchObject({ status: 'RUNNING', step: 'process-payment' });
    expect(await system.payments(other.id).catch(() => 'nobody answers')).toBe('nobody answers');
    await until(() => system.services.order.output.includes('"rule":"forged-messages"'), { what: 'the alert' });

    await system.services.payment.start();
    expect((await system.ended(id)).status).toBe('FULFILLED');
    expect(await system.payments(id)).toMatchObject([{ status: 'CHARGED' }]);
    await expectBalanced(system, initial);
  }, 120_000);

  it('end no undoing: the order is CANCELLED by the true refund alone (F63)', async () => {
    await system.services.payment.end();
    const { id, total } = (await system.place()).body;
    const asked = await commandOf(id, ProcessPayment.type);
    expect((await system.post(`/orders/${id}/cancel`, { reason: 'changed my mind' })).status).toBe(202);
    const undo = await commandOf(id, RefundPayment.type);
    const truth = { data: { orderId: id, amount: total }, headers: { ce_causationid: undo } };
    const reasons = await reasonsFor(PaymentRefunded.type, id, truth, [
      { headers: { ce_causationid: undefined } },
      { headers: { ce_causationid: asked } },
      { headers: { ce_source: '/order' } },
      { data: { amount: { ...total, amount: 1 } } },
    ]);
    expect(reasons).toEqual(['REPLY_WITHOUT_CAUSE', 'REPLY_TO_UNKNOWN_COMMAND', 'WRONG_SOURCE', 'REPLY_NOT_AS_ASKED']);
    expect((await system.order(id)).status).toBe('PLACED');

    await system.services.payment.start();
    expect((await system.ended(id)).status).toBe('CANCELLED');
    await expectBalanced(system, initial);
  }, 120_000);
});

function withoutMissing(headers: Readonly<Record<string, string | undefined>>): Readonly<Record<string, string>> {
  const there = Object.entries(headers).filter((entry): entry is [string, string] => entry[1] !== undefined);
  return Object.fromEntries(there);
}
