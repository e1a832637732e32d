import type { ChargeFacts, MessageFacts, OrderFacts, SagaFacts } from '../facts.js';
import { chargedWrongly } from './charged-once.js';
import { endedWrong } from './ended-right.js';
import { outOfOrder } from './key-order.js';
import { ledgersDisagree } from './ledgers-agree.js';
import { DEADLINE_GRACE_MS, lostOrder } from './order-lost.js';
import { stockTakenWrongly } from './oversold.js';

const STEPS = ['process-payment', 'reserve-inventory', 'create-shipment', 'confirm'];
const ITEMS = [{ sku: 'SKU-MUG-BLUE', quantity: 2 }];
const TOTAL = { amount: 2500, currency: 'EUR' };

const saga = (status: string, step: string, more: Partial<SagaFacts> = {}): SagaFacts => ({
  status,
  step: 'confirm',
  steps: STEPS.map((name) => ({ name, status: step })),
  overdueMs: null,
  ...more,
});
const order = (status: string, of: SagaFacts | undefined): OrderFacts => ({
  id: 'o',
  status,
  items: ITEMS,
  total: TOTAL,
  saga: of,
});
const fulfilled = order('FULFILLED', saga('COMPLETED', 'DONE'));
const rejected = order('REJECTED', saga('COMPENSATED', 'COMPENSATED'));
const open = order('PLACED', saga('RUNNING', 'RUNNING', { overdueMs: -5_000 }));
const skipped = order(
  'REJECTED',
  saga('COMPENSATED', '', { steps: [{ name: 'process-payment', status: 'COMPENSATION_FAILED', skipped: true }] }),
);
const charge = (more: Partial<ChargeFacts> = {}): ChargeFacts => ({
  key: 'p',
  status: 'charged',
  refunded: 0,
  ...TOTAL,
  ...more,
});

describe('no order lost', () => {
  const running = { isRunning: true, tellsOfHeldDeadlines: false };
  const late = order('PLACED', saga('RUNNING', 'RUNNING', { overdueMs: DEADLINE_GRACE_MS + 1 }));

  it('is content with what has ended, is awaited, or waits for an operator', () => {
    const stuck = order('PLACED', saga('COMPENSATION_FAILED', 'COMPENSATION_FAILED'));
    for (const one of [fulfilled, rejected, open, stuck]) expect(lostOrder(one, running)).toBeUndefined();
  });

  it('names an order without a saga, with one that nothing wakes, or that has ended in another way', () => {
    expect(lostOrder(order('PLACED', undefined), running)).toContain('has no saga');
    expect(lostOrder(order('PLACED', saga('RUNNING', 'RUNNING')), running)).toContain('has no deadline');
    expect(lostOrder(order('PLACED', saga('COMPLETED', 'DONE')), running)).toContain('COMPLETED');
    expect(lostOrder(order('FULFILLED', saga('COMPENSATED', 'COMPENSATED')), running)).toContain('FULFILLED');
  });

  it('bears a deadline that is over while an alert tells why, or the service is down', () => {
    expect(lostOrder(late, running)).toContain('nobody has acted');
    expect(lostOrder(late, { ...running, tellsOfHeldDeadlines: true })).toBeUndefined();
    expect(lostOrder(late, { ...running, isRunning: false })).toBeUndefined();
  });
});

describe('none charged twice', () => {
  it('is content with one charge of the total, and none of what was undone', () => {
    expect(chargedWrongly(fulfilled, [charge()])).toBeUndefined();
    expect(chargedWrongly(rejected, [])).toBeUndefined();
    expect(chargedWrongly(rejected, [charge({ refunded: 2500 })])).toBeUndefined();
    expect(chargedWrongly(open, [charge()])).toBeUndefined();
  });

  it('names a second charge at once, another amount, and what was not given back', () => {
    expect(chargedWrongly(open, [charge(), charge({ key: 'q' })])).toContain('2 times');
    expect(chargedWrongly(fulfilled, [charge({ amount: 2400 })])).toContain('24.00 EUR');
    expect(chargedWrongly(fulfilled, [charge({ currency: 'USD' })])).toContain('FULFILLED');
    expect(chargedWrongly(fulfilled, [])).toContain('holds 0.00 EUR');
    expect(chargedWrongly(rejected, [charge()])).toContain('REJECTED');
  });

  it('bears money that an operator has left where it is', () => {
    expect(chargedWrongly(skipped, [charge()])).toBeUndefined();
  });
});

describe('nothing oversold', () => {
  it('compares what was taken with what was ordered, SKU by SKU', () => {
    const parts = [1, 1].map((quantity) => ({ sku: 'SKU-MUG-BLUE', quantity }));
    expect(stockTakenWrongly(fulfilled, { status: 'COMMITTED', items: parts })).toBeUndefined();
    expect(stockTakenWrongly(fulfilled, { status: 'COMMITTED', items: [...ITEMS, ...ITEMS] })).toContain(
      '4 of SKU-MUG-BLUE',
    );
    expect(stockTakenWrongly(fulfilled, undefined)).toContain('0 of SKU-MUG-BLUE instead of 2');
    expect(stockTakenWrongly(rejected, { status: 'RELEASED', items: ITEMS })).toBeUndefined();
    expect(stockTakenWrongly(rejected, { status: 'RESERVED', items: ITEMS })).toContain('keeps 2');
    expect(stockTakenWrongly(open, { status: 'RESERVED', items: ITEMS })).toBeUndefined();
  });
});

describe('order of each key kept', () => {
  const message = (seq: number, taken: Partial<NonNullable<MessageFacts['taken']>> | undefined): MessageFacts => ({
    id: `m${seq}`,
    topic: 'payment.commands',
    type: `command-${seq}`,
    seq,
    published: true,
    ...(taken && { taken: { outcome: 'handled', partition: 1, position: String(seq), atMs: seq, ...taken } }),
  });

  it('is content with what was taken in order, was superseded, or has not been taken yet', () => {
    expect(outOfOrder([message(2, {}), message(1, {})])).toBeUndefined();
    expect(outOfOrder([message(1, { outcome: 'superseded' }), message(2, {})])).toBeUndefined();
    expect(outOfOrder([message(1, { outcome: 'parked' }), message(2, { outcome: 'parked' })])).toBeUndefined();
    expect(outOfOrder([message(1, {}), message(2, undefined)])).toBeUndefined();
    expect(outOfOrder([message(1, undefined), { ...message(2, {}), topic: 'payment.events' }])).toBeUndefined();
  });

  it('names what was overtaken: missing, waiting, handled later, or behind it at the broker', () => {
    expect(outOfOrder([message(1, undefined), message(2, {})])).toContain('never arrived');
    expect(outOfOrder([message(1, { outcome: 'dead' }), message(2, {})])).toContain('is dead');
    expect(outOfOrder([message(1, { atMs: 100_000 }), message(2, { atMs: 1 })])).toContain('100 s before');
    expect(outOfOrder([message(1, { position: '9', atMs: 5 }), message(2, { position: '8', atMs: 5 })])).toContain(
      'at 9',
    );
  });

  it('takes a topic that began again for none', () => {
    expect(outOfOrder([message(1, { position: '900' }), message(2, { position: '3' })])).toBeUndefined();
  });
});

describe('ledgers agree', () => {
  const payment = (status: string, refundedAmount = 0) => ({ id: 'p', status, amount: TOTAL, refundedAmount });
  const shipment = (status: string) => ({ id: 's', status });
  const none = { payment: undefined, charges: [], shipment: undefined, bookings: [] };

  it.each([
    [payment('CHARGED'), [charge()]],
    [payment('REFUNDED', 2500), [charge({ refunded: 2500 })]],
    [payment('DECLINED'), [charge({ status: 'declined' })]],
    [payment('FAILED'), []],
    [payment('FAILED'), [charge({ refunded: 2500 })]],
  ])('is content with %j', (of, charges) => {
    expect(ledgersDisagree(fulfilled, { ...none, payment: of, charges })).toBeUndefined();
  });

  it.each([
    [payment('CHARGED'), []],
    [payment('CHARGED'), [charge({ amount: 1 })]],
    [payment('REFUNDED', 2500), [charge()]],
    [payment('DECLINED'), [charge()]],
    [payment('PENDING'), [charge()]],
    [payment('CHARGED'), [charge(), charge({ key: 'q' })]],
  ])('names the order of %j beside another story', (of, charges) => {
    expect(ledgersDisagree(fulfilled, { ...none, payment: of, charges })).toBeDefined();
    expect(ledgersDisagree(open, { ...none, payment: of, charges })).toBeUndefined();
  });

  it('compares shipments with bookings', () => {
    const booked = [{ key: 's', status: 'booked' }];
    const called = [{ key: 's', status: 'cancelled' }];
    expect(ledgersDisagree(fulfilled, { ...none, shipment: shipment('CREATED'), bookings: booked })).toBeUndefined();
    expect(ledgersDisagree(rejected, { ...none, shipment: shipment('CANCELLED'), bookings: called })).toBeUndefined();
    expect(ledgersDisagree(rejected, { ...none, shipment: shipment('CANCELLED'), bookings: booked })).toContain(
      'will deliver',
    );
    expect(ledgersDisagree(fulfilled, { ...none, shipment: shipment('CREATED'), bookings: called })).toContain(
      'cancelled',
    );
    expect(ledgersDisagree(fulfilled, { ...none, bookings: booked })).toContain('no shipment of ours');
  });
});

describe('sagas ended right', () => {
  const payment = (status: string) => ({ id: 'p', status, amount: TOTAL, refundedAmount: 0 });
  const whole = {
    payment: payment('CHARGED'),
    reservation: { status: 'COMMITTED', items: ITEMS },
    shipment: { id: 's', status: 'CREATED' },
  };
  const nothing = { payment: undefined, reservation: undefined, shipment: undefined };

  it('is content where all have done their part, or undone it', () => {
    expect(endedWrong(fulfilled, whole)).toBeUndefined();
    expect(endedWrong(rejected, nothing)).toBeUndefined();
    expect(endedWrong(rejected, { ...nothing, payment: payment('REFUNDED') })).toBeUndefined();
    expect(endedWrong(open, nothing)).toBeUndefined();
    expect(endedWrong(skipped, { ...nothing, payment: payment('CHARGED') })).toBeUndefined();
  });

  it('names a participant that stands elsewhere, and a step that has not ended', () => {
    expect(endedWrong(fulfilled, { ...whole, shipment: undefined })).toContain('shipment is missing');
    expect(endedWrong(fulfilled, { ...whole, payment: payment('REFUNDED') })).toContain('payment is REFUNDED');
    expect(endedWrong(rejected, whole)).toContain('payment is CHARGED');
    expect(endedWrong(order('FULFILLED', saga('COMPLETED', 'RUNNING')), whole)).toContain('process-payment is RUNNING');
    expect(endedWrong(order('REJECTED', saga('COMPENSATED', 'DONE')), nothing)).toContain('is DONE');
  });
});
