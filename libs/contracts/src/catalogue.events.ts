import Type from 'typebox';

import { defineEvent } from './define-message.js';
import { MoneySchema, SkuSchema } from './shared-schemas.js';
import { TOPIC } from './topics.js';

/** A product is for sale, or its name or price changed. The highest revision of a SKU is the truth; it is a time. Key: SKU. */
export const ProductListed = defineEvent({
  topic: TOPIC.catalogue,
  name: 'catalogue.product-listed',
  version: 1,
  source: '/inventory',
  key: '/sku',
  schema: Type.Object({
    sku: SkuSchema,
    name: Type.String({ minLength: 1, maxLength: 200 }),
    price: MoneySchema,
    revision: Type.Integer({ minimum: 1 }),
  }),
});

/**
 * How many products the catalogue holds at a revision. Lanes are read independently, so a reader's copy is complete once
 * it holds that many, not when this arrives.
 */
export const CataloguePublished = defineEvent({
  topic: TOPIC.catalogue,
  name: 'catalogue.published',
  version: 1,
  source: '/inventory',
  schema: Type.Object({
    products: Type.Integer({ minimum: 0 }),
    revision: Type.Integer({ minimum: 1 }),
  }),
});
