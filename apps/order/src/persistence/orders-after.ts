import type { Transaction } from '@waybill/database';
import type { RecordedEvent } from '@waybill/event-store';

import type { OrderEvent } from '../domain/order.events.js';
import { orderEvolution } from '../domain/order.js';
import type { Order } from '../domain/order.js';
import { orderEventStore } from './order-event-store.js';

/** What every projection of orders makes of events: the orders that they are about, each once, as they are after the last of these events. */
export async function ordersAfter(
  tx: Transaction,
  events: readonly RecordedEvent<OrderEvent>[],
): Promise<readonly Order[]> {
  const eventsById = new Map<string, OrderEvent[]>();
  const older = new Set<string>();
  for (const { id, version, event } of events) {
    const ofOrder = eventsById.get(id);
    if (ofOrder) ofOrder.push(event);
    else eventsById.set(id, [event]);
    if (!ofOrder && version > 1) older.add(id);
  }
  const position = events.at(-1)?.position ?? '0';
  for (const { id, events: all } of (await orderEventStore.loadUntil(tx, [...older], position)).values()) {
    eventsById.set(id, [...all]);
  }
  return [...eventsById.values()].flatMap((ofOrder) => {
    const order = ofOrder.reduce(orderEvolution.evolve, orderEvolution.initial);
    return order ? [order] : [];
  });
}
