import Type from 'typebox';

import { defineEvent } from './define-message.js';
import { MoneySchema, SkuSchema } from './shared-schemas.js';
import { TOPIC } from './topics.js';

export const ProductListed = defineEvent({
  topic: TOPIC.catalogue,
  name: 'catalogue.product-listed',
  version: 1,
  description:
    'A product is for sale, or its name or price changed. The highest revision of a SKU is the truth; it is a time.',
  source: '/inventory',
  key: '/sku',
  schema: Type.Object({
    sku: SkuSchema,
    name: Type.String({ minLength: 1, maxLength: 200 }),
    price: MoneySchema,
    revision: Type.Integer({ minimum: 1 }),
  }),
  example: {
    sku: 'SKU-MUG-BLUE',
    name: 'Blue mug',
    price: { amount: 1250, currency: 'EUR' },
    revision: 1,
  },
});

export const CataloguePublished = defineEvent({
  topic: TOPIC.catalogue,
  name: 'catalogue.published',
  version: 1,
  description:
    "How many products the catalogue holds at a revision. Lanes are read independently, so a reader's copy is complete once it holds that many, not when this arrives.",
  source: '/inventory',
  schema: Type.Object({
    products: Type.Integer({ minimum: 0 }),
    revision: Type.Integer({ minimum: 1 }),
  }),
  example: { products: 14, revision: 1 },
});
