import { ProblemError } from '../problem/problem.errors.js';
import { bodyFaults } from '../request/text-faults.js';

/** Says whether one element of a cursor is what it should be. */
export type CursorElement<Value> = (value: unknown) => value is Value;

/** A place in a list, as a text that clients only hand back. */
export interface CursorCodec<Place extends readonly unknown[]> {
  encode(place: Place): string;
  /** @throws ProblemError (400, `INVALID_CURSOR`) for any text that {@link encode} can't have made. */
  decode(text: string): Place;
}

/** `defineCursor(isIsoTime, isUuid)`: a cursor of two elements, checked one by one when it comes back. */
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

/** ISO 8601 in UTC, as `Date.toISOString()` writes it. */
export function isIsoTime(value: unknown): value is string {
  if (typeof value !== 'string') return false;
  const time = new Date(value);
  return !Number.isNaN(time.getTime()) && time.toISOString() === value;
}

/** A whole number that a double holds exactly. */
export function isWholeNumber(value: unknown): value is number {
  return Number.isSafeInteger(value);
}
