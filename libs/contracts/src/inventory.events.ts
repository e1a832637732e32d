import Type from 'typebox';

import { defineEvent } from './define-message.js';
import { IdSchema, ItemsSchema, SkuSchema, TextSchema } from './shared-schemas.js';
import { TOPIC } from './topics.js';

export const StockReserved = defineEvent({
  topic: TOPIC.inventoryEvents,
  name: 'inventory.reserved',
  version: 1,
  source: '/inventory',
  key: '/orderId',
  schema: Type.Object({ orderId: IdSchema, reservationId: IdSchema, items: ItemsSchema }),
});

export const StockRejected = defineEvent({
  topic: TOPIC.inventoryEvents,
  name: 'inventory.rejected',
  version: 1,
  source: '/inventory',
  key: '/orderId',
  schema: Type.Object({
    orderId: IdSchema,
    code: Type.Enum(['OUT_OF_STOCK', 'CANCELLED']),
    message: TextSchema,
    shortages: Type.Array(
      Type.Object({
        sku: SkuSchema,
        requested: Type.Integer({ minimum: 1 }),
        available: Type.Integer({ minimum: 0 }),
      }),
    ),
  }),
});

export const StockReleased = defineEvent({
  topic: TOPIC.inventoryEvents,
  name: 'inventory.released',
  version: 1,
  source: '/inventory',
  key: '/orderId',
  schema: Type.Object({ orderId: IdSchema, reservationId: Type.Optional(IdSchema) }),
});

export const StockCommitted = defineEvent({
  topic: TOPIC.inventoryEvents,
  name: 'inventory.committed',
  version: 1,
  source: '/inventory',
  key: '/orderId',
  schema: Type.Object({ orderId: IdSchema, reservationId: IdSchema }),
});
