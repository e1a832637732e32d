import Type from 'typebox';

import { defineCommand } from './define-message.js';
import { AddressSchema, IdSchema, ItemsSchema, TextSchema } from './shared-schemas.js';
import { TOPIC } from './topics.js';

/** Book the shipment with the carrier. Answered by ShipmentCreated or ShipmentRefused. Key: order id. */
export const CreateShipment = defineCommand({
  topic: TOPIC.shippingCommands,
  name: 'shipping.create-shipment',
  version: 1,
  key: '/orderId',
  schema: Type.Object({ orderId: IdSchema, items: ItemsSchema, address: AddressSchema }),
});

/** Cancel the order's shipment; there may be none. Answered by ShipmentCancelled or CancelShipmentFailed. A CreateShipment that arrives afterwards is refused. */
export const CancelShipment = defineCommand({
  topic: TOPIC.shippingCommands,
  name: 'shipping.cancel-shipment',
  version: 1,
  key: '/orderId',
  undoes: [CreateShipment.name],
  schema: Type.Object({ orderId: IdSchema, reason: TextSchema }),
});
