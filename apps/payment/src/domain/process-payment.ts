import type { DeclineCode, Money, Payment, PaymentIntent, Refusal } from './payment.js';

/** What the provider says about a charge. The same charge always gets the same outcome. */
export type ChargeOutcome =
  | { readonly kind: 'charged'; readonly chargeId: string }
  | ({ readonly kind: 'declined' } & Refusal<DeclineCode>);

/** What the order is told about its payment. */
export type ProcessAnswer =
  | { readonly kind: 'charged'; readonly payment: Payment }
  | { readonly kind: 'declined'; readonly payment: Payment; readonly refusal: Refusal<DeclineCode> };

const CANCELLED: Refusal<DeclineCode> = { code: 'CANCELLED', message: 'The order was cancelled before it was paid' };

/** The answer as far as the payment itself knows it; undefined = the provider has to be asked. */
export function knownProcessAnswer(payment: Payment): ProcessAnswer | undefined {
  switch (payment.status) {
    case 'PENDING':
      return undefined;
    case 'CHARGED':
      return { kind: 'charged', payment };
    case 'DECLINED':
      return { kind: 'declined', payment, refusal: payment.decline ?? CANCELLED };
    case 'REFUNDED':
    case 'FAILED':
      break;
  }
  return { kind: 'declined', payment, refusal: CANCELLED };
}

/**
 * A pending payment may have been charged as it was first asked for, and its provider knows it by one key: it can't become another one.
 * What a refund's rival transaction made first asks for nothing.
 * @throws PaymentConflictError where the command asks for something else, as one that was edited does.
 */
export function assertSameCharge({ orderId, amount, paymentMethod }: Payment, asked: PaymentIntent): void {
  if (paymentMethod === '') return;
  const isSameAmount = amount.amount === asked.amount.amount && amount.currency === asked.amount.currency;
  if (!isSameAmount || paymentMethod !== asked.paymentMethod) throw new PaymentConflictError(orderId, amount);
}

/** A command that asks for another charge than the one that may have been made; no retry fixes it. */
export class PaymentConflictError extends Error {
  readonly code = 'PAYMENT_CONFLICT';

  constructor(orderId: string, { amount, currency }: Money) {
    super(
      `Order ${orderId}: the provider may have charged ${amount} ${currency} (minor units), by the method first asked for; ` +
        'neither can be changed now: edit the command back to what it said, or cancel the order, which refunds',
    );
  }
}

/**
 * The payment after its provider was asked for this amount. Only a pending one can change: what was decided meanwhile stands. One that a
 * refund's rival transaction made first has no amount of its own.
 */
export function settleCharge(payment: Payment, outcome: ChargeOutcome, asked: Money): Payment {
  if (payment.status !== 'PENDING') return payment;
  if (outcome.kind === 'charged') return { ...payment, status: 'CHARGED', amount: asked };
  // The provider calls a charge off only for a refund that overtook it.
  if (outcome.code === 'CANCELLED') return { ...payment, status: 'FAILED', decline: refusalOf(outcome) };
  return { ...payment, status: 'DECLINED', decline: refusalOf(outcome) };
}

function refusalOf({ code, message }: Refusal<DeclineCode>): Refusal<DeclineCode> {
  return { code, message };
}
