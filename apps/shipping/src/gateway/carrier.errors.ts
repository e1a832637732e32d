/** The carrier failed or didn't answer in time. The call may have taken effect; the same call again tells. */
export class CarrierError extends Error {
  readonly code = 'CARRIER_FAILED';

  constructor(call: 'booking' | 'cancellation', key: string) {
    super(`The carrier failed the ${call} ${key}; its outcome is unknown, repeat it with the same key`);
  }
}
