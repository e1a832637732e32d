export interface Money {
  /** Minor units. */
  readonly amount: number;
  readonly currency: string;
}

export interface Item {
  readonly sku: string;
  readonly quantity: number;
}

export interface StepFacts {
  readonly name: string;
  readonly status: string;
  /** An operator has left the step's effect in place, and accepted the loss. */
  readonly skipped?: boolean;
  readonly commandId?: string;
  readonly asked?: readonly { readonly commands: readonly string[] }[];
}

export interface SagaFacts {
  readonly status: string;
  readonly step: string;
  readonly steps: readonly StepFacts[];
  /** How long ago the deadline passed, in milliseconds; negative while it lies ahead, `null` where there is none. */
  readonly overdueMs: number | null;
}

/** What the order service's database says of an order. */
export interface OrderFacts {
  readonly id: string;
  readonly status: string;
  readonly items: readonly Item[];
  readonly total: Money;
  readonly saga: SagaFacts | undefined;
}

export interface PaymentFacts {
  readonly id: string;
  readonly status: string;
  readonly amount: Money;
  readonly refundedAmount: number;
}

/** A charge in the provider's own books. */
export interface ChargeFacts extends Money {
  readonly key: string;
  readonly status: string;
  /** Minor units that the provider has given back. */
  readonly refunded: number;
}

export interface ReservationFacts {
  readonly status: string;
  readonly items: readonly Item[];
}

export interface ShipmentFacts {
  readonly id: string;
  readonly status: string;
}

/** A booking in the carrier's own books. */
export interface BookingFacts {
  readonly key: string;
  readonly status: string;
}

/** A message with a key, and what its receiver has done with it. */
export interface MessageFacts {
  readonly id: string;
  readonly topic: string;
  readonly type: string;
  /** Order of publication within the topic and key. */
  readonly seq: number;
  readonly published: boolean;
  readonly taken?: {
    readonly outcome: string;
    readonly partition: number | null;
    readonly position: string | null;
    /** Milliseconds since 1970, by the receiver's database. */
    readonly atMs: number;
  };
}

/** How far a fulfilment is; an order that has ended has been answered by all whom it asked. */
export type Ending = 'open' | 'fulfilled' | 'undone';

export function endingOf({ saga }: OrderFacts): Ending {
  if (saga?.status === 'COMPLETED') return 'fulfilled';
  return saga?.status === 'COMPENSATED' ? 'undone' : 'open';
}

/** Whether an operator has accepted that the step stays done. */
export function isSkipped({ saga }: OrderFacts, step: string): boolean {
  return saga?.steps.some(({ name, skipped }) => name === step && skipped === true) === true;
}

/** `12.50 EUR`. */
export function inWords({ amount, currency }: Money): string {
  const { maximumFractionDigits: digits = 2 } = new Intl.NumberFormat('en', {
    style: 'currency',
    currency,
  }).resolvedOptions();
  return `${(amount / 10 ** digits).toFixed(digits)} ${currency}`;
}
