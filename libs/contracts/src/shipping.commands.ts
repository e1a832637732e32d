import Type from 'typebox';

import { defineCommand } from './define-message.js';
import { AddressSchema, IdSchema, ItemsSchema, TextSchema } from './shared-schemas.js';
import {
  CancelShipmentFailed,
  ShipmentCancelled,
  ShipmentCreated,
  ShipmentErased,
  ShipmentRefused,
} from './shipping.events.js';
import { TOPIC } from './topics.js';

export const CreateShipment = defineCommand({
  topic: TOPIC.shippingCommands,
  name: 'shipping.create-shipment',
  version: 1,
  description: 'Book the shipment with the carrier.',
  answeredBy: [ShipmentCreated.name, ShipmentRefused.name],
  key: '/orderId',
  schema: Type.Object({ orderId: IdSchema, items: ItemsSchema, address: AddressSchema }),
  example: {
    orderId: '0197d6a4-5c1e-7b3a-9c55-0a1b2c3d4e5f',
    items: [
      { sku: 'SKU-MUG-BLUE', quantity: 2 },
      { sku: 'SKU-TEA-GREEN', quantity: 1 },
    ],
    address: { name: 'Ada Example', line1: '1 Example Street', city: 'Exampleton', postalCode: '12345', country: 'DE' },
  },
});

export const CancelShipment = defineCommand({
  topic: TOPIC.shippingCommands,
  name: 'shipping.cancel-shipment',
  version: 1,
  description:
    "Cancel the order's shipment; there may be none. A shipping.create-shipment that arrives afterwards is refused.",
  answeredBy: [ShipmentCancelled.name, CancelShipmentFailed.name],
  key: '/orderId',
  undoes: [CreateShipment.name],
  schema: Type.Object({ orderId: IdSchema, reason: TextSchema }),
  example: { orderId: '0197d6a4-5c1e-7b3a-9c55-0a1b2c3d4e5f', reason: 'CANCELLED' },
});

export const EraseShipment = defineCommand({
  topic: TOPIC.shippingCommands,
  name: 'shipping.erase-shipment',
  version: 1,
  description:
    "Forget what the order's shipment says of the customer. Sent once the order has ended, after all its other commands.",
  answeredBy: [ShipmentErased.name],
  key: '/orderId',
  schema: Type.Object({ orderId: IdSchema }),
  example: { orderId: '0197d6a4-5c1e-7b3a-9c55-0a1b2c3d4e5f' },
});
