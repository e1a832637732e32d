import type { Money } from '../domain/payment.js';
import type { ChargeOutcome } from '../domain/process-payment.js';
import type { RefundOutcome } from '../domain/refund-payment.js';

export interface ChargeRequest {
  /** The payment's id. */
  readonly idempotencyKey: string;
  /** What the provider keeps beside the charge, so that its books can be compared with ours: the order's id. */
  readonly reference: string;
  readonly amount: Money;
  readonly paymentMethod: string;
}

export interface RefundRequest {
  /** The idempotency key of the charge that is to be undone. */
  readonly chargeKey: string;
}

/**
 * The port to the payment provider. Never called inside a database transaction.
 * Repeatable: the same key gets the first outcome again. A call that rejects may have taken effect; a repetition tells.
 */
export interface PaymentGateway {
  charge(request: ChargeRequest, signal: AbortSignal): Promise<ChargeOutcome>;
  /** Gives back all that was charged under the key. A charge that the provider doesn't know is called off for ever. */
  refund(request: RefundRequest, signal: AbortSignal): Promise<RefundOutcome>;
}

/** Injection token of the {@link PaymentGateway}. */
export const PAYMENT_GATEWAY = Symbol('PaymentGateway');
