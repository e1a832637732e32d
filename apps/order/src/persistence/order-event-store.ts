import { EventStore } from '@waybill/event-store';
import type { EventStream } from '@waybill/event-store';

import type { OrderEvent } from '../domain/order.events.js';

/** Versions of the order's events. A breaking change raises one and adds the upcaster from the old. */
const orderStream: EventStream<OrderEvent> = {
  category: 'order',
  events: {
    OrderPlaced: {},
    OrderRecovered: {},
    FulfilmentFailed: {},
    CancellationRequested: {},
    OrderFulfilled: {},
    OrderRejected: {},
    OrderCancelled: {},
  },
};

export const orderEventStore = new EventStore<OrderEvent>(orderStream);
