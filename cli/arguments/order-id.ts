import { CliError } from '../cli.errors.js';

const WHOLE = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const PART = /^(?<head>[0-9a-f][0-9a-f-]{0,34})(?:(?:…|\.{2,3}|\*)(?<tail>[0-9a-f-]{0,35}))?$/i;
/** Of milliseconds since 1970, with which an order's id begins. */
const TIME_DIGITS = 12;
/** The services take the years up to 9999. */
const LAST_MS = Date.parse('9999-12-31T23:59:59.999Z');

/** An id, or enough of it: its beginning, or beginning and end as lists show them. In lower case. */
export type GivenId =
  | { readonly kind: 'whole'; readonly id: string }
  | { readonly kind: 'part'; readonly head: string; readonly tail: string };

/** @throws CliError BAD_ARGUMENT */
export function parseOrderId(text: string): GivenId {
  const given = text.trim();
  const found = givenId(given);
  if (found !== undefined) return found;
  throw new CliError(
    'BAD_ARGUMENT',
    `"${given}" is neither an order's id nor the beginning of one, such as 0197d6a4-5c1e or 0197d6a4…4e5f.`,
  );
}

export function givenId(text: string): GivenId | undefined {
  if (WHOLE.test(text)) return { kind: 'whole', id: text.toLowerCase() };
  const { head, tail = '' } = PART.exec(text)?.groups ?? {};
  return head === undefined ? undefined : { kind: 'part', head: head.toLowerCase(), tail: tail.toLowerCase() };
}

/** Whether a key can only be meant as part of an id: others of eight digits are rare, and looked for as they are where no id fits. */
export function isPartOfId(text: string): boolean {
  return !WHOLE.test(text) && /^[0-9a-f]{8}(?:-|…|\.{2,3}|\*|$)/i.test(text) && PART.test(text);
}

/** When orders with ids that begin like this were placed; undefined: never. */
export function timesOf(head: string): { readonly placedSince: string; readonly placedUntil: string } | undefined {
  const digits = head.replaceAll('-', '').slice(0, TIME_DIGITS);
  const since = Number.parseInt(digits.padEnd(TIME_DIGITS, '0'), 16);
  const until = Number.parseInt(digits.padEnd(TIME_DIGITS, 'f'), 16) + 1;
  if (since > LAST_MS) return undefined;
  return { placedSince: new Date(since).toISOString(), placedUntil: new Date(Math.min(until, LAST_MS)).toISOString() };
}
