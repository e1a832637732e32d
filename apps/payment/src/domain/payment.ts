/** Integer minor units: 1250 EUR is twelve euros and fifty cents. */
export interface Money {
  readonly amount: number;
  readonly currency: string;
}

export const PAYMENT_STATUSES = ['PENDING', 'CHARGED', 'DECLINED', 'REFUNDED', 'FAILED'] as const;
export type PaymentStatus = (typeof PAYMENT_STATUSES)[number];

export type DeclineCode = 'PAYMENT_DECLINED' | 'PAYMENT_METHOD_UNKNOWN' | 'CANCELLED';

export interface Refusal<Code extends string = string> {
  readonly code: Code;
  readonly message: string;
}

/**
 * The one payment of an order. Its id is the idempotency key of its charge and of its refund.
 *
 * PENDING: the intent is durable, the charge's outcome isn't known (yet). CHARGED: the provider holds the money; also
 * after a refund that the provider refused. DECLINED: the provider refused. REFUNDED: charged, then given back.
 * FAILED: called off before anything was charged; the provider will never charge it, or was never asked to.
 *
 * PENDING → CHARGED | DECLINED | REFUNDED | FAILED, CHARGED → REFUNDED. The other three are final.
 */
export interface Payment {
  readonly id: string;
  readonly orderId: string;
  readonly status: PaymentStatus;
  readonly amount: Money;
  readonly paymentMethod: string;
  readonly decline: Refusal<DeclineCode> | undefined;
  /** Minor units that went back, in the payment's currency. */
  readonly refundedAmount: number;
}

/** A payment as an order first asks for it. */
export interface PaymentIntent {
  readonly id: string;
  readonly orderId: string;
  readonly amount: Money;
  readonly paymentMethod: string;
}
