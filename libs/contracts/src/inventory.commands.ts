import Type from 'typebox';

import { defineCommand } from './define-message.js';
import { IdSchema, ItemsSchema, TextSchema } from './shared-schemas.js';
import { TOPIC } from './topics.js';

/** Reserve all items or none. Answered by StockReserved or StockRejected. Key: order id. */
export const ReserveStock = defineCommand({
  topic: TOPIC.inventoryCommands,
  name: 'inventory.reserve',
  version: 1,
  key: '/orderId',
  schema: Type.Object({ orderId: IdSchema, items: ItemsSchema }),
});

/** Give the order's reservation back; there may be none. Answered by StockReleased. A ReserveStock that arrives afterwards is rejected. */
export const ReleaseStock = defineCommand({
  topic: TOPIC.inventoryCommands,
  name: 'inventory.release',
  version: 1,
  key: '/orderId',
  undoes: [ReserveStock.name],
  schema: Type.Object({ orderId: IdSchema, reason: TextSchema }),
});

/** The order is fulfilled: on hand and reserved both fall. Answered by StockCommitted. */
export const CommitReservation = defineCommand({
  topic: TOPIC.inventoryCommands,
  name: 'inventory.commit',
  version: 1,
  key: '/orderId',
  schema: Type.Object({ orderId: IdSchema }),
});
