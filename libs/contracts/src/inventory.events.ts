import Type from 'typebox';

import { defineEvent } from './define-message.js';
import { IdSchema, ItemsSchema, SkuSchema, TextSchema } from './shared-schemas.js';
import { TOPIC } from './topics.js';

export const StockReserved = defineEvent({
  topic: TOPIC.inventoryEvents,
  name: 'inventory.reserved',
  version: 1,
  description: 'All items are reserved.',
  source: '/inventory',
  key: '/orderId',
  schema: Type.Object({ orderId: IdSchema, reservationId: IdSchema, items: ItemsSchema }),
  example: {
    orderId: '0197d6a4-5c1e-7b3a-9c55-0a1b2c3d4e5f',
    reservationId: '0197d6a4-5d00-7c11-8a22-1b2c3d4e5f60',
    items: [
      { sku: 'SKU-MUG-BLUE', quantity: 2 },
      { sku: 'SKU-TEA-GREEN', quantity: 1 },
    ],
  },
});

export const StockRejected = defineEvent({
  topic: TOPIC.inventoryEvents,
  name: 'inventory.rejected',
  version: 1,
  description: 'Nothing is reserved: some items are out of stock, or the reservation had been undone before.',
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
  example: {
    orderId: '0197d6a4-5c1e-7b3a-9c55-0a1b2c3d4e5f',
    code: 'OUT_OF_STOCK',
    message: 'Not enough of SKU-SOLD-OUT',
    shortages: [{ sku: 'SKU-SOLD-OUT', requested: 1, available: 0 }],
  },
});

export const StockReleased = defineEvent({
  topic: TOPIC.inventoryEvents,
  name: 'inventory.released',
  version: 1,
  description: 'The order has no reservation any more; it may never have had one.',
  source: '/inventory',
  key: '/orderId',
  schema: Type.Object({ orderId: IdSchema, reservationId: Type.Optional(IdSchema) }),
  example: { orderId: '0197d6a4-5c1e-7b3a-9c55-0a1b2c3d4e5f', reservationId: '0197d6a4-5d00-7c11-8a22-1b2c3d4e5f60' },
});

export const StockCommitted = defineEvent({
  topic: TOPIC.inventoryEvents,
  name: 'inventory.committed',
  version: 1,
  description: 'The reserved units have left the stock.',
  source: '/inventory',
  key: '/orderId',
  schema: Type.Object({ orderId: IdSchema, reservationId: IdSchema }),
  example: { orderId: '0197d6a4-5c1e-7b3a-9c55-0a1b2c3d4e5f', reservationId: '0197d6a4-5d00-7c11-8a22-1b2c3d4e5f60' },
});
