import type { Money } from './money.js';

export interface OrderLine {
  readonly sku: string;
  readonly quantity: number;
  /** Minor units of the order's currency. */
  readonly unitPrice: number;
  /** Minor units of the order's currency. */
  readonly lineTotal: number;
}

export interface ShippingAddress {
  readonly name: string;
  readonly line1: string;
  readonly line2?: string;
  readonly city: string;
  readonly postalCode: string;
  readonly country: string;
}

/** Why an order isn't fulfilled: the step of fulfilment, a code, and words for people. */
export interface OrderFailure {
  readonly step: string;
  readonly code: string;
  readonly message: string;
}

interface Fact<Type extends string, Data extends object> {
  readonly type: Type;
  /** `at`: ISO 8601, UTC. */
  readonly data: Data & { readonly at: string };
}

export type OrderPlaced = Fact<
  'OrderPlaced',
  {
    readonly orderId: string;
    readonly customerId: string;
    readonly items: readonly OrderLine[];
    readonly total: Money;
    readonly shippingAddress: ShippingAddress;
    readonly paymentMethod: string;
  }
>;

/**
 * An order whose own records were lost, as the participants' answers tell it: what was charged, and what was reserved. Who
 * ordered it, and where it was to go, nobody here knows any more.
 */
export type OrderRecovered = Fact<
  'OrderRecovered',
  {
    readonly orderId: string;
    readonly items: readonly OrderLine[];
    readonly total: Money;
    /** ISO 8601, UTC. */
    readonly placedAt: string;
  }
>;

/** A step failed; what was done is being undone. */
export type FulfilmentFailed = Fact<'FulfilmentFailed', OrderFailure>;

/** The customer doesn't want it any more; what was done is being undone. `step`: where fulfilment was. */
export type CancellationRequested = Fact<'CancellationRequested', { readonly step: string; readonly reason: string }>;

export type OrderFulfilled = Fact<'OrderFulfilled', object>;
export type OrderRejected = Fact<'OrderRejected', object>;
export type OrderCancelled = Fact<'OrderCancelled', object>;

/** What the order's events say of the customer has been erased; amounts, lines and times stay. Only of an order that has ended. */
export type PersonalDataErased = Fact<'PersonalDataErased', object>;

export type OrderEvent =
  | OrderPlaced
  | OrderRecovered
  | FulfilmentFailed
  | CancellationRequested
  | OrderFulfilled
  | OrderRejected
  | OrderCancelled
  | PersonalDataErased;
