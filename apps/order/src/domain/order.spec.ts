import { given } from '@waybill/event-store/testing';

import type { OrderEvent, OrderPlaced } from './order.events.js';
import { endUndone, failFulfilment, fulfil, orderEvolution, requestCancellation } from './order.js';
import type { ExistingOrder, Order } from './order.js';

const at = '2026-11-25T10:00:00.000Z';
const later = '2026-11-25T10:00:01.000Z';
const placed: OrderPlaced = {
  type: 'OrderPlaced',
  data: {
    orderId: 'o-1',
    customerId: 'cust-1',
    items: [{ sku: 'SKU-1', quantity: 2, unitPrice: 100, lineTotal: 200 }],
    total: { amount: 200, currency: 'EUR' },
    shippingAddress: { name: 'Ada', line1: '1 Street', city: 'Town', postalCode: '12345', country: 'DE' },
    paymentMethod: 'pm_card_ok',
    at,
  },
};
const soldOut = { step: 'reserve-inventory', code: 'OUT_OF_STOCK', message: 'Not enough of SKU-1' };
const failed: OrderEvent = { type: 'FulfilmentFailed', data: { ...soldOut, at } };
const cancelling: OrderEvent = {
  type: 'CancellationRequested',
  data: { step: 'process-payment', reason: 'Changed my mind', at },
};
const fulfilled: OrderEvent = { type: 'OrderFulfilled', data: { at } };
const rejected: OrderEvent = { type: 'OrderRejected', data: { at } };
const cancelled: OrderEvent = { type: 'OrderCancelled', data: { at } };

/** Calls a verb on an order that exists. */
const onOrder = (verb: (order: Order) => readonly OrderEvent[]) => (order: ExistingOrder) => {
  if (!order) throw new Error('No order');
  return verb(order);
};
const cancel = onOrder((order) => requestCancellation(order, { step: 'confirm', reason: 'Late', at: later }));
const fail = onOrder((order) => failFulfilment(order, soldOut, later));
const pass = onOrder((order) => fulfil(order, later));
const undone = onOrder((order) => endUndone(order, later));
const stateAfter = (...events: OrderEvent[]) => events.reduce(orderEvolution.evolve, orderEvolution.initial);

describe('Order', () => {
  it('is fulfilled at the pivot, once', () => {
    expect(given(orderEvolution, placed).when(pass)).toEqual([{ type: 'OrderFulfilled', data: { at: later } }]);
    expect(given(orderEvolution, placed, fulfilled).when(pass)).toEqual([]);
  });

  it('stays PLACED with its failure until every undo is confirmed, then is REJECTED', () => {
    expect(given(orderEvolution, placed).when(fail)).toEqual([
      { type: 'FulfilmentFailed', data: { ...soldOut, at: later } },
    ]);
    expect(stateAfter(placed, failed)).toMatchObject({ status: 'PLACED', failure: soldOut });
    expect(given(orderEvolution, placed, failed).when(undone)).toEqual([
      { type: 'OrderRejected', data: { at: later } },
    ]);
    expect(stateAfter(placed, failed, rejected)).toMatchObject({ status: 'REJECTED', failure: soldOut });
  });

  it('stays PLACED with failure CANCELLED until every undo is confirmed, then is CANCELLED', () => {
    expect(given(orderEvolution, placed).when(cancel)).toEqual([
      { type: 'CancellationRequested', data: { step: 'confirm', reason: 'Late', at: later } },
    ]);
    expect(stateAfter(placed, cancelling)).toMatchObject({
      status: 'PLACED',
      failure: { step: 'process-payment', code: 'CANCELLED', message: 'Changed my mind' },
    });
    expect(given(orderEvolution, placed, cancelling).when(undone)).toEqual([
      { type: 'OrderCancelled', data: { at: later } },
    ]);
  });

  it('takes a cancellation again without a new event', () => {
    expect(given(orderEvolution, placed, cancelling).when(cancel)).toEqual([]);
  });

  it('keeps its first failure, and ends CANCELLED if the customer cancelled while it was being undone', () => {
    expect(given(orderEvolution, placed, cancelling).when(fail)).toEqual([]);
    expect(stateAfter(placed, failed, cancelling)).toMatchObject({ failure: soldOut });
    expect(given(orderEvolution, placed, failed, cancelling).when(undone)).toEqual([
      { type: 'OrderCancelled', data: { at: later } },
    ]);
  });

  it.each([
    ['FULFILLED', [placed, fulfilled]],
    ['REJECTED', [placed, failed, rejected]],
    ['CANCELLED', [placed, cancelling, cancelled]],
  ])('refuses to be cancelled once it is %s', (_status, history) => {
    expect(given(orderEvolution, ...history).when(cancel)).toEqual({ refused: 'ORDER_ENDED' });
  });

  it('can never be fulfilled after a cancellation or a failure', () => {
    expect(given(orderEvolution, placed, cancelling).when(pass)).toEqual({ refused: 'ORDER_INVARIANT' });
    expect(given(orderEvolution, placed, failed).when(pass)).toEqual({ refused: 'ORDER_INVARIANT' });
    expect(given(orderEvolution, placed, cancelling, cancelled).when(pass)).toEqual({ refused: 'ORDER_INVARIANT' });
  });

  it('can never be undone after it was fulfilled', () => {
    expect(given(orderEvolution, placed, fulfilled).when(undone)).toEqual({ refused: 'ORDER_INVARIANT' });
  });

  it('stays as it ended when a late success is undone afterwards (F24)', () => {
    expect(given(orderEvolution, placed, cancelling, cancelled).when(undone)).toEqual([]);
    expect(given(orderEvolution, placed, failed, rejected).when(undone)).toEqual([]);
    expect(given(orderEvolution, placed, failed, rejected).when(fail)).toEqual([]);
  });

  it('refuses a history that does not begin with OrderPlaced', () => {
    expect(() => stateAfter(fulfilled)).toThrow('before OrderPlaced');
  });
});
