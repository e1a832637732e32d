import type { Money, Payment, Refusal } from './payment.js';

/**
 * What the provider says about a refund. `nothing-charged` also promises that the charge will never happen, however late
 * it arrives.
 */
export type RefundOutcome =
  | { readonly kind: 'refunded'; readonly amount: number }
  | { readonly kind: 'nothing-charged' }
  | ({ readonly kind: 'refused' } & Refusal);

/** What the order is told about its refund. */
export type RefundAnswer =
  | { readonly kind: 'refunded'; readonly payment: Payment; readonly amount: Money }
  | { readonly kind: 'refused'; readonly payment: Payment; readonly refusal: Refusal };

/**
 * The answer as far as the payment itself knows it; undefined = the provider has to be asked. It must be asked about a
 * pending charge: that may have happened although nobody heard of it.
 */
export function knownRefundAnswer(payment: Payment): RefundAnswer | undefined {
  return isFinal(payment) ? refunded(payment) : undefined;
}

/** The payment after its refund. A final one stays as it is. */
export function settleRefund(payment: Payment, outcome: RefundOutcome): Payment {
  if (isFinal(payment)) return payment;
  switch (outcome.kind) {
    case 'refunded':
      return { ...payment, status: 'REFUNDED', refundedAmount: outcome.amount };
    case 'nothing-charged':
      return { ...payment, status: 'FAILED' };
    case 'refused':
      break;
  }
  return { ...payment, status: 'CHARGED' }; // a refund is refused only where there is a charge
}

/** The answer once the provider was asked and the payment settled. */
export function refundAnswer(payment: Payment, outcome: RefundOutcome): RefundAnswer {
  if (outcome.kind !== 'refused' || payment.status !== 'CHARGED') return refunded(payment);
  return { kind: 'refused', payment, refusal: { code: outcome.code, message: outcome.message } };
}

function isFinal({ status }: Payment): boolean {
  return status !== 'PENDING' && status !== 'CHARGED';
}

function refunded(payment: Payment): RefundAnswer {
  return { kind: 'refunded', payment, amount: { amount: payment.refundedAmount, currency: payment.amount.currency } };
}
