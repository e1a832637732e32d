import type { DeclineCode, Refusal } from '../../domain/payment.js';

/** How the simulated provider behaves for one payment method. Faults are counted per idempotency key. */
export interface CardScript {
  readonly decline?: Refusal<DeclineCode>;
  /** Milliseconds before the provider does anything. @default 0 */
  readonly delayMs?: number;
  /** How many of the first calls fail before anything is charged. @default 0 */
  readonly failuresBefore?: number;
  /** How many of the first calls that charge fail all the same afterwards: the caller can't know. @default 0 */
  readonly failuresAfter?: number;
  /** How many of the first refunds fail before anything is given back. @default 0 */
  readonly refundFailures?: number;
  /** How many of the next refunds are refused for good; -1: all of them. @default 0 */
  readonly refundRefusals?: number;
}

/** Payment methods that mean something to the simulator, as the test cards of payment providers do. */
const TEST_CARDS: ReadonlyMap<string, CardScript> = new Map<string, CardScript>([
  ['pm_card_ok', {}],
  ['pm_card_declined', { decline: { code: 'PAYMENT_DECLINED', message: 'The card was declined' } }],
  ['pm_card_slow', { delayMs: 2000 }],
  ['pm_card_flaky_3', { failuresBefore: 3 }],
  ['pm_card_timeout_before', { failuresBefore: 1 }],
  ['pm_card_timeout_after', { failuresAfter: 1 }],
  // Charged, but every repetition times out too: only a refund finds out.
  ['pm_card_timeout_after_always', { failuresAfter: 1_000_000 }],
  ['pm_card_refund_flaky_3', { refundFailures: 3 }],
  ['pm_card_refund_fails', { refundRefusals: -1 }],
  ['pm_card_refund_fails_once', { refundRefusals: 1 }],
]);

const UNKNOWN: CardScript = {
  decline: { code: 'PAYMENT_METHOD_UNKNOWN', message: 'The payment provider knows no such payment method' },
};

export function scriptOf(paymentMethod: string): CardScript {
  return TEST_CARDS.get(paymentMethod) ?? UNKNOWN;
}
