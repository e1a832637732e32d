import Type from 'typebox';
import type { Static } from 'typebox';

import { PERSONAL } from './personal.js';

/** Integer minor units: 1250 EUR is twelve euros and fifty cents. */
export const MoneySchema = Type.Object({
  amount: Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER }),
  currency: Type.String({ pattern: '^[A-Z]{3}$' }),
});
export type Money = Static<typeof MoneySchema>;

export const IdSchema = Type.String({ minLength: 1, maxLength: 64 });
export const SkuSchema = Type.String({ minLength: 1, maxLength: 64 });
export const TextSchema = Type.String({ maxLength: 500 });

export const QuantitySchema = Type.Object({
  sku: SkuSchema,
  quantity: Type.Integer({ minimum: 1, maximum: 10_000 }),
});
export type SkuQuantity = Static<typeof QuantitySchema>;

export const ItemsSchema = Type.Array(QuantitySchema, { minItems: 1, maxItems: 100 });

export const AddressSchema = Type.Object(
  {
    name: Type.String({ minLength: 1, maxLength: 200 }),
    line1: Type.String({ minLength: 1, maxLength: 200 }),
    line2: Type.Optional(Type.String({ maxLength: 200 })),
    city: Type.String({ minLength: 1, maxLength: 200 }),
    postalCode: Type.String({ minLength: 1, maxLength: 200 }),
    country: Type.String({ pattern: '^[A-Z]{2}$' }),
  },
  PERSONAL,
);
export type Address = Static<typeof AddressSchema>;
