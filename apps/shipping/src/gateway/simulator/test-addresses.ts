/** How the simulated carrier behaves for one postal code. Faults are counted per idempotency key. */
export interface AddressScript {
  readonly refuses?: boolean;
  /** Milliseconds before the carrier does anything. @default 0 */
  readonly delayMs?: number;
  /** How many of the first calls fail before anything is booked. @default 0 */
  readonly failuresBefore?: number;
  /** How many of the first calls that book fail all the same afterwards: the caller can't know. @default 0 */
  readonly failuresAfter?: number;
  /** How many of the first cancellations fail. @default 0 */
  readonly cancelFailures?: number;
  /** How many of the next cancellations are refused for good; -1: all of them. @default 0 */
  readonly cancelRefusals?: number;
}

/** Postal codes that mean something to the simulator; all others are delivered to. */
const TEST_POSTAL_CODES: ReadonlyMap<string, AddressScript> = new Map<string, AddressScript>([
  ['00000', { refuses: true }],
  ['00001', { delayMs: 2000 }],
  ['00002', { failuresBefore: 1 }],
  ['00003', { failuresBefore: 3 }],
  ['00004', { failuresAfter: 1 }],
  ['00005', { failuresAfter: 1_000_000 }], // booked, but every repetition times out too
  ['00006', { cancelFailures: 3 }],
  ['00007', { cancelRefusals: -1 }],
  ['00008', { cancelRefusals: 1 }],
]);

export function scriptOf(postalCode: string): AddressScript {
  return TEST_POSTAL_CODES.get(postalCode) ?? {};
}
