import { ProblemError } from '../problem/problem.errors.js';
import { bodyFaults } from '../request/text-faults.js';

/** Says whether one element of a cursor is what it should be. */
export type CursorElement<Value> = (value: unknown) => value is Value;

/** A place in a list, as an opaque string that clients hand back. */
export interface CursorCodec<Place extends readonly unknown[]> {
  encode(place: Place): string;
  /** @throws ProblemError (400, `INVALID_CURSOR`) for any text that {@link encode} can't have made. */
  decode(text: string): Place;
}

/** `defineCursor(isTimeMs, isUuid)`: a cursor of two elements, checked one by one when it comes back. */
export function defineCursor<Place extends readonly unknown[]>(
  ...elements: { readonly [Index in keyof Place]: CursorElement<Place[Index]> }
): CursorCodec<Place> {
  const isPlace = (value: unknown): value is Place =>
    Array.isArray(value) &&
    value.length === elements.length &&
    elements.every((isElement, index) => isElement(value[index])) &&
    bodyFaults(value).length === 0;

  const encode = (place: Place) => Buffer.from(JSON.stringify(place)).toString('base64url');

  return {
    encode,
    decode(text) {
      const place = parse(Buffer.from(text, 'base64url').toString('utf8'));
      if (isPlace(place) && encode(place) === text) return place;
      throw new ProblemError(400, 'INVALID_CURSOR', 'The cursor is not one that this list has given out.', {
        errors: [{ pointer: '/cursor', code: 'INVALID_CURSOR', message: 'must be the nextCursor of an earlier page' }],
      });
    },
  };
}

function parse(json: string): unknown {
  try {
    return JSON.parse(json) as unknown;
  } catch {
    return undefined;
  }
}

/** After it, times have more digits of a year than databases read. */
const YEAR_10000_MS = Date.UTC(10_000, 0);

/** A time of the years 1970 to 9999 in whole milliseconds since 1970: what a date type of a database can hold. */
export function isTimeMs(value: unknown): value is number {
  return Number.isInteger(value) && Number(value) >= 0 && Number(value) < YEAR_10000_MS;
}
