import Type from 'typebox';

import { defineEvent } from './define-message.js';
import { IdSchema, TextSchema } from './shared-schemas.js';
import { TOPIC } from './topics.js';

export const ShipmentCreated = defineEvent({
  topic: TOPIC.shippingEvents,
  name: 'shipment.created',
  version: 1,
  description: 'The carrier has the shipment.',
  source: '/shipping',
  key: '/orderId',
  schema: Type.Object({
    orderId: IdSchema,
    shipmentId: IdSchema,
    trackingNumber: Type.String({ minLength: 1, maxLength: 100 }),
  }),
  example: {
    orderId: '0197d6a4-5c1e-7b3a-9c55-0a1b2c3d4e5f',
    shipmentId: '0197d6a4-5d00-7c11-8a22-1b2c3d4e5f60',
    trackingNumber: 'TRACK-0001',
  },
});

export const ShipmentRefused = defineEvent({
  topic: TOPIC.shippingEvents,
  name: 'shipment.refused',
  version: 1,
  description: 'There is no shipment: the carrier refuses it, or it had been undone before.',
  source: '/shipping',
  key: '/orderId',
  schema: Type.Object({
    orderId: IdSchema,
    shipmentId: IdSchema,
    code: Type.Enum(['CARRIER_REFUSED', 'CANCELLED']),
    message: TextSchema,
  }),
  example: {
    orderId: '0197d6a4-5c1e-7b3a-9c55-0a1b2c3d4e5f',
    shipmentId: '0197d6a4-5d00-7c11-8a22-1b2c3d4e5f60',
    code: 'CARRIER_REFUSED',
    message: 'The carrier refuses the postal code',
  },
});

export const ShipmentCancelled = defineEvent({
  topic: TOPIC.shippingEvents,
  name: 'shipment.cancelled',
  version: 1,
  description: 'The order has no shipment any more; it may never have had one.',
  source: '/shipping',
  key: '/orderId',
  schema: Type.Object({ orderId: IdSchema, shipmentId: Type.Optional(IdSchema) }),
  example: { orderId: '0197d6a4-5c1e-7b3a-9c55-0a1b2c3d4e5f', shipmentId: '0197d6a4-5d00-7c11-8a22-1b2c3d4e5f60' },
});

export const CancelShipmentFailed = defineEvent({
  topic: TOPIC.shippingEvents,
  name: 'shipment.cancel-failed',
  version: 1,
  description: 'The carrier refuses the cancellation for good.',
  source: '/shipping',
  key: '/orderId',
  schema: Type.Object({ orderId: IdSchema, shipmentId: IdSchema, code: IdSchema, message: TextSchema }),
  example: {
    orderId: '0197d6a4-5c1e-7b3a-9c55-0a1b2c3d4e5f',
    shipmentId: '0197d6a4-5d00-7c11-8a22-1b2c3d4e5f60',
    code: 'ALREADY_COLLECTED',
    message: 'The parcel is on its way',
  },
});

export const ShipmentErased = defineEvent({
  topic: TOPIC.shippingEvents,
  name: 'shipment.erased',
  version: 1,
  description: "The shipping service knows nothing of the order's customer any more.",
  source: '/shipping',
  key: '/orderId',
  schema: Type.Object({ orderId: IdSchema }),
  example: { orderId: '0197d6a4-5c1e-7b3a-9c55-0a1b2c3d4e5f' },
});
