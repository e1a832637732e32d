import { randomUUID } from 'node:crypto';

import { CreateShipment, PaymentCharged, ProcessPayment, ReserveStock, ShipmentCreated } from '@waybill/contracts';
import type { ServiceName } from '@waybill/contracts';

import { call } from '../../system/api.js';
import type { OrderBody, TimelineEntry } from '../../system/api.js';
import { expectBalanced, stockTake } from '../../system/ledger.js';
import { publishOn } from '../../system/read-topics.js';
import { RunningSystem } from '../../system/running-system.js';
import { queryService } from '../../system/service-database.js';
import { until } from '../../system/until.js';

interface LetterBody {
  readonly id: string;
  readonly state: string;
  readonly reason: string | null;
}

const address = { name: 'Ada Example', line1: '1 Example Street', city: 'Berlin', postalCode: '10115', country: 'DE' };
/** The carrier fails for it, each time. */
const FAILING = '00005';

describe('dead letters of the saga that are edited', () => {
  let system: RunningSystem;
  let initial: ReadonlyMap<string, number>;

  beforeAll(async () => {
    // The saga must not give the order up while its letter is dead.
    system = await RunningSystem.start({ SAGA_STEP_DEADLINE_MS: '900000' });
    initial = await stockTake(system);
  }, 120_000);

  afterAll(() => system?.stop(), 60_000);

  const letterOf = async (service: ServiceName, key: string): Promise<LetterBody | undefined> => {
    const url = `${system.services[service].url}/admin/dead-letters?state=any&key=${key}`;
    return (await call<{ items: readonly LetterBody[] }>(url)).body.items[0];
  };
  const untilLetter = (service: ServiceName, key: string, state: string) =>
    until(async () => (await letterOf(service, key))?.state === state, {
      what: `the letter of ${service} to be ${state}`,
    });

  /** The delays between its attempts are the policy's: they are passed over, though not from under an attempt. */
  async function untilDead(service: ServiceName, key: string): Promise<void> {
    await untilLetter(service, key, 'retrying');
    const skipped =
      'UPDATE held_message SET attempts = 7, next_attempt_at = now() WHERE attempts < 7 AND claimed_until IS NULL';
    await until(
      async () => {
        await queryService(system, service, skipped);
        return (await letterOf(service, key))?.state === 'dead';
      },
      { what: `the command to be a dead letter of ${service}` },
    );
  }

  async function edit(service: ServiceName, key: string, payload: object): Promise<void> {
    const letter = await letterOf(service, key);
    const edited = await call(`${system.services[service].url}/admin/dead-letters/${letter?.id}/edit`, {
      method: 'POST',
      body: { payload, who: 'ada', why: 'corrected' },
    });
    expect(edited.status).toBe(200);
  }

  /** The entry of this type, once it is there. */
  async function entryOf(orderId: string, type: string): Promise<TimelineEntry> {
    let entry: TimelineEntry | undefined;
    await until(
      async () => (entry = (await system.timeline(orderId)).find((each) => each.type === type)) !== undefined,
      { what: `${type} of ${orderId}` },
    );
    if (entry === undefined) throw new Error(`${type} was never seen`);
    return entry;
  }

  async function expectFulfilled({ id }: OrderBody): Promise<void> {
    expect(await system.ended(id)).toMatchObject({ status: 'FULFILLED' });
    await until(async () => (await system.saga(id)).status === 'COMPLETED', { what: 'the saga to complete' });
  }

  it('F63 a command is answered as the one that was sent: the order is fulfilled', async () => {
    const { body: placed } = await system.place({ shippingAddress: { ...address, postalCode: FAILING } });
    await untilDead('shipping', placed.id);
    const items = placed.items.map(({ sku, quantity }) => ({ sku, quantity }));
    await edit('shipping', placed.id, { orderId: placed.id, items, address });
    await expectFulfilled(placed);
    expect(await system.shipments(placed.id)).toMatchObject([{ status: 'CREATED' }]);
    expect((await letterOf('shipping', placed.id))?.state).toBe('handled');
    expect(await letterOf('order', placed.id)).toBeUndefined();
    const command = await entryOf(placed.id, CreateShipment.type);
    expect((await entryOf(placed.id, ShipmentCreated.type)).causationId).toBe(command.messageId);
    await expectBalanced(system, initial);
  }, 120_000);

  it('F67 a charge that may have been made becomes no other one: the letter says so, and the order can be cancelled', async () => {
    const { body: placed } = await system.place({ paymentMethod: 'pm_card_timeout_after_always' });
    await untilDead('payment', placed.id);
    const paymentMethod = { kind: 'card', token: 'pm_card_ok' };
    await edit('payment', placed.id, { orderId: placed.id, customerId: 'cust-1', amount: placed.total, paymentMethod });
    await untilLetter('payment', placed.id, 'dead');
    expect(await letterOf('payment', placed.id)).toMatchObject({ reason: 'PAYMENT_CONFLICT' });
    await system.post(`/orders/${placed.id}/cancel`, { reason: 'paid by another card' });
    expect(await system.ended(placed.id)).toMatchObject({ status: 'CANCELLED' });
    expect(await system.payments(placed.id)).toMatchObject([{ status: 'REFUNDED' }]);
    await expectBalanced(system, initial);
  }, 120_000);

  it('F63 an answer still answers its command: the order is fulfilled', async () => {
    await system.services.payment.end(); // answered for below, as a faulty release of it would
    const { body: placed } = await system.place();
    const { messageId: commandId } = await entryOf(placed.id, ProcessPayment.type);
    const answerId = randomUUID();
    const charged = { orderId: placed.id, paymentId: randomUUID(), amount: { amount: placed.total.amount } };
    await publishOn(system.broker, [
      {
        topic: PaymentCharged.topic,
        key: Buffer.from(placed.id),
        value: Buffer.from(JSON.stringify(charged)), // the currency is missing
        headers: {
          ce_specversion: '1.0',
          ce_id: answerId,
          ce_source: '/payment',
          ce_type: PaymentCharged.type,
          ce_subject: placed.id,
          ce_causationid: commandId ?? '',
        },
      },
    ]);
    await untilLetter('order', placed.id, 'dead');
    await edit('order', placed.id, { ...charged, amount: placed.total });
    await expectFulfilled(placed);
    expect((await letterOf('order', placed.id))?.state).toBe('handled');
    expect(await entryOf(placed.id, PaymentCharged.type)).toMatchObject({
      messageId: answerId,
      causationId: commandId,
    });
    expect((await entryOf(placed.id, ReserveStock.type)).causationId).toBe(answerId);
    await system.services.payment.start();
    await until(async () => (await system.payments(placed.id))[0]?.status === 'CHARGED', { what: 'the payment' });
    await expectBalanced(system, initial);
  }, 120_000);
});
