import { ERASED } from './erasure.js';
import type { Money } from './money.js';
import { OrderEndedError, OrderInvariantError } from './order.errors.js';
import type { OrderEvent, OrderFailure, OrderLine } from './order.events.js';

/**
 * PLACED until fulfilment has ended one way or the other. A failed step or a cancellation leaves it PLACED, with `failure`
 * set, until every undo is confirmed: then REJECTED, or CANCELLED if the customer asked for it. FULFILLED comes with the
 * pivot of fulfilment and excludes both. FULFILLED, REJECTED and CANCELLED are final.
 */
export type OrderStatus = 'PLACED' | 'FULFILLED' | 'REJECTED' | 'CANCELLED';

export const ORDER_STATUSES: readonly OrderStatus[] = ['PLACED', 'FULFILLED', 'REJECTED', 'CANCELLED'];

export interface Order {
  readonly id: string;
  readonly status: OrderStatus;
  readonly customerId: string;
  readonly items: readonly OrderLine[];
  readonly total: Money;
  readonly placedAt: string;
  readonly updatedAt: string;
  /** The first thing that went wrong; a cancellation counts as one. */
  readonly failure?: OrderFailure;
  readonly cancellationRequested: boolean;
}

/** Of an order that was recovered. Nobody can have this id. */
export const UNKNOWN_CUSTOMER = '(unknown)';

export type ExistingOrder = Order | undefined;

export function isEnded(order: Pick<Order, 'status'>): boolean {
  return order.status !== 'PLACED';
}

/**
 * The customer cancels. Asked again, nothing new happens.
 * @param step the step that fulfilment is at
 * @throws OrderEndedError when the order is final.
 */
export function requestCancellation(
  order: Order,
  { step, reason, at }: { readonly step: string; readonly reason: string; readonly at: string },
): readonly OrderEvent[] {
  if (isEnded(order)) throw new OrderEndedError(order.id, order.status);
  return order.cancellationRequested ? [] : [{ type: 'CancellationRequested', data: { step, reason, at } }];
}

/** A step of fulfilment failed for good. The first failure is the one that counts. */
export function failFulfilment(order: Order, failure: OrderFailure, at: string): readonly OrderEvent[] {
  const { step, code, message } = failure;
  return (order.failure ?? isEnded(order)) ? [] : [{ type: 'FulfilmentFailed', data: { step, code, message, at } }];
}

/**
 * Fulfilment has passed its point of no return.
 * @throws OrderInvariantError when the order was cancelled or had failed: the caller holds the row that excludes that.
 */
export function fulfil(order: Order, at: string): readonly OrderEvent[] {
  if (order.status === 'FULFILLED') return [];
  if (order.failure !== undefined || isEnded(order)) {
    throw new OrderInvariantError(`Order ${order.id} is being undone and can't be fulfilled`);
  }
  return [{ type: 'OrderFulfilled', data: { at } }];
}

/**
 * Every undo is confirmed. A late success that is undone afterwards changes nothing any more.
 * @throws OrderInvariantError when the order was fulfilled.
 */
export function endUndone(order: Order, at: string): readonly OrderEvent[] {
  if (order.status === 'FULFILLED') throw new OrderInvariantError(`Order ${order.id} was fulfilled, not undone`);
  if (isEnded(order)) return [];
  return [{ type: order.cancellationRequested ? 'OrderCancelled' : 'OrderRejected', data: { at } }];
}

/**
 * Nothing about the customer is to be known any more. Repeatable.
 * @throws OrderInvariantError for an order that hasn't ended: the caller makes sure of that.
 */
export function erasePersonalData(order: Order, at: string): readonly OrderEvent[] {
  if (!isEnded(order)) throw new OrderInvariantError(`Order ${order.id} is ${order.status}: its data is still needed`);
  return order.customerId === ERASED ? [] : [{ type: 'PersonalDataErased', data: { at } }];
}

/** The order as it is after one more event. @throws OrderInvariantError when OrderPlaced or OrderRecovered doesn't come first. */
export function evolve(order: ExistingOrder, event: OrderEvent): ExistingOrder {
  const updatedAt = event.data.at;
  if (event.type === 'OrderPlaced') {
    const { orderId: id, customerId, items, total, at: placedAt } = event.data;
    return { id, status: 'PLACED', customerId, items, total, placedAt, updatedAt, cancellationRequested: false };
  }
  if (event.type === 'OrderRecovered') {
    const { orderId: id, items, total, placedAt } = event.data;
    const customerId = UNKNOWN_CUSTOMER;
    return { id, status: 'PLACED', customerId, items, total, placedAt, updatedAt, cancellationRequested: false };
  }
  if (!order) throw new OrderInvariantError(`${event.type} before OrderPlaced`);
  switch (event.type) {
    case 'FulfilmentFailed': {
      const { step, code, message } = event.data;
      return { ...order, updatedAt, failure: order.failure ?? { step, code, message } };
    }
    case 'CancellationRequested': {
      const { step, reason } = event.data;
      const failure = order.failure ?? { step, code: 'CANCELLED', message: reason };
      return { ...order, updatedAt, failure, cancellationRequested: true };
    }
    case 'OrderFulfilled':
      return { ...order, updatedAt, status: 'FULFILLED' };
    case 'OrderRejected':
      return { ...order, updatedAt, status: 'REJECTED' };
    case 'OrderCancelled':
      return { ...order, updatedAt, status: 'CANCELLED' };
    case 'PersonalDataErased':
      break;
  }
  const { failure } = order;
  return {
    ...order,
    customerId: ERASED,
    ...(failure === undefined ? {} : { failure: { ...failure, message: ERASED } }),
  };
}

export const orderEvolution: {
  readonly initial: ExistingOrder;
  readonly evolve: (order: ExistingOrder, event: OrderEvent) => ExistingOrder;
} = { initial: undefined, evolve };
