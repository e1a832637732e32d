import { defineEvent } from '@waybill/contracts';
import type { DataOf } from '@waybill/messaging';
import Type from 'typebox';

import { LESSON_FIELDS, SOURCE } from '../stage/lesson-messages.js';

export const PARCELS = 'lab.poison.waybill';

export const ParcelAsked = defineEvent({
  topic: PARCELS,
  source: SOURCE,
  name: 'lab.parcel-asked',
  version: 1,
  schema: Type.Object({ ...LESSON_FIELDS, grams: Type.Integer({ minimum: 1, maximum: 30_000 }) }),
});
export type Parcel = DataOf<typeof ParcelAsked>;

/** Four customers, three parcels each, in turn. */
export const TOKENS = ['1', '2', '3'].flatMap((parcel) => ['A', 'B', 'C', 'D'].map((customer) => customer + parcel));
export const POISON = 'B2';
/** What the poison should have said. */
export const GRAMS = 700;

export const customerOf = (token: string): string => token.slice(0, 1);

/** What a sender with a fault publishes: JSON, but not what was agreed. */
export function parcelOf(run: string, token: string): Omit<Parcel, 'grams'> & { readonly grams: number | string } {
  return { run, token, grams: token === POISON ? 'heavy' : GRAMS };
}
