import Type from 'typebox';

import { defineEvent } from './define-message.js';
import { IdSchema, TextSchema } from './shared-schemas.js';
import { TOPIC } from './topics.js';

export const ShipmentCreated = defineEvent({
  topic: TOPIC.shippingEvents,
  name: 'shipment.created',
  version: 1,
  source: '/shipping',
  key: '/orderId',
  schema: Type.Object({
    orderId: IdSchema,
    shipmentId: IdSchema,
    trackingNumber: Type.String({ minLength: 1, maxLength: 100 }),
  }),
});

export const ShipmentRefused = defineEvent({
  topic: TOPIC.shippingEvents,
  name: 'shipment.refused',
  version: 1,
  source: '/shipping',
  key: '/orderId',
  schema: Type.Object({
    orderId: IdSchema,
    shipmentId: IdSchema,
    code: Type.Enum(['CARRIER_REFUSED', 'CANCELLED']),
    message: TextSchema,
  }),
});

export const ShipmentCancelled = defineEvent({
  topic: TOPIC.shippingEvents,
  name: 'shipment.cancelled',
  version: 1,
  source: '/shipping',
  key: '/orderId',
  schema: Type.Object({ orderId: IdSchema, shipmentId: Type.Optional(IdSchema) }),
});

/** The carrier refuses the cancellation for good. */
export const CancelShipmentFailed = defineEvent({
  topic: TOPIC.shippingEvents,
  name: 'shipment.cancel-failed',
  version: 1,
  source: '/shipping',
  key: '/orderId',
  schema: Type.Object({ orderId: IdSchema, shipmentId: IdSchema, code: IdSchema, message: TextSchema }),
});
