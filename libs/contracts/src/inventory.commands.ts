import Type from 'typebox';

import { defineCommand } from './define-message.js';
import { StockCommitted, StockRejected, StockReleased, StockReserved } from './inventory.events.js';
import { IdSchema, ItemsSchema, TextSchema } from './shared-schemas.js';
import { TOPIC } from './topics.js';

export const ReserveStock = defineCommand({
  topic: TOPIC.inventoryCommands,
  name: 'inventory.reserve',
  version: 1,
  description: 'Reserve all items or none.',
  answeredBy: [StockReserved.name, StockRejected.name],
  key: '/orderId',
  schema: Type.Object({ orderId: IdSchema, items: ItemsSchema }),
  example: {
    orderId: '0197d6a4-5c1e-7b3a-9c55-0a1b2c3d4e5f',
    items: [
      { sku: 'SKU-MUG-BLUE', quantity: 2 },
      { sku: 'SKU-TEA-GREEN', quantity: 1 },
    ],
  },
});

export const ReleaseStock = defineCommand({
  topic: TOPIC.inventoryCommands,
  name: 'inventory.release',
  version: 1,
  description:
    "Give the order's reservation back; there may be none. An inventory.reserve that arrives afterwards is rejected.",
  answeredBy: [StockReleased.name],
  key: '/orderId',
  undoes: [ReserveStock.name],
  schema: Type.Object({ orderId: IdSchema, reason: TextSchema }),
  example: { orderId: '0197d6a4-5c1e-7b3a-9c55-0a1b2c3d4e5f', reason: 'CARRIER_REFUSED' },
});

export const CommitReservation = defineCommand({
  topic: TOPIC.inventoryCommands,
  name: 'inventory.commit',
  version: 1,
  description: 'The order is fulfilled: what is on hand and what is reserved both fall.',
  answeredBy: [StockCommitted.name],
  key: '/orderId',
  schema: Type.Object({ orderId: IdSchema }),
  example: { orderId: '0197d6a4-5c1e-7b3a-9c55-0a1b2c3d4e5f' },
});

export const PublishCatalogue = defineCommand({
  topic: TOPIC.inventoryCommands,
  name: 'inventory.publish-catalogue',
  version: 1,
  description:
    'Publish the whole catalogue once more: the sender has lost its copy, or never got all of it. What was published within the last half minute counts.',
  schema: Type.Object({ requester: IdSchema }),
  example: { requester: 'order' },
});
