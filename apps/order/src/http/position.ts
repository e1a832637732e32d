import { isUuid, ProblemError } from '@waybill/http';

export const POSITION_HEADER = 'Waybill-Position';

/** The first event of an order: what the customer who placed it has seen. */
export const PLACED_VERSION = 1;

export interface Position {
  readonly orderId: string;
  readonly version: number;
}

/**
 * A place in the history of the service, as an opaque text: an event by its order and its number. Known before it is committed, the same in
 * the repeated answer of an Idempotency-Key, and after a restore it names that event or none.
 */
export function encodePosition({ orderId, version }: Position): string {
  return `${orderId}.${version}`;
}

/** @throws ProblemError (400, `INVALID_POSITION`) for any text that {@link encodePosition} can't have made */
export function decodePosition(text: string): Position {
  const [, orderId = '', version = ''] = /^(.{36})\.([1-9]\d{0,8})$/.exec(text) ?? [];
  if (isUuid(orderId)) return { orderId, version: Number(version) };
  throw new ProblemError(400, 'INVALID_POSITION', `${POSITION_HEADER} is not one that this service has given out.`);
}
