import type { DataFault } from '@waybill/messaging';

/** Data doesn't fit the contract of its type; no retry can fix that. */
export class InvalidMessageDataError extends Error {
  readonly code = 'INVALID_MESSAGE_DATA';

  constructor(
    readonly type: string,
    readonly faults: readonly DataFault[],
  ) {
    const list = faults.map(({ pointer, message }) => `${pointer || '/'} ${message}`).join('; ');
    super(`Data of ${type} doesn't fit its contract: ${list}`);
  }
}
