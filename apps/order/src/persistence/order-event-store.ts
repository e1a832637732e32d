import { EventStore } from '@waybill/event-store';
import type { EventStream } from '@waybill/event-store';

import { ERASED, ERASED_ADDRESS } from '../domain/erasure.js';
import type { OrderEvent } from '../domain/order.events.js';

/**
 * Versions of the order's events: a breaking change raises one and adds the upcaster from the old. And which of their fields tell of the
 * customer; words of a participant may, too.
 */
const orderStream: EventStream<OrderEvent> = {
  category: 'order',
  events: {
    OrderPlaced: { personal: { customerId: ERASED, shippingAddress: ERASED_ADDRESS, paymentMethod: ERASED } },
    OrderRecovered: {},
    FulfilmentFailed: { personal: { message: ERASED } },
    CancellationRequested: { personal: { reason: ERASED } },
    OrderFulfilled: {},
    OrderRejected: {},
    OrderCancelled: {},
    PersonalDataErased: {},
  },
};

export const orderEventStore = new EventStore<OrderEvent>(orderStream);
