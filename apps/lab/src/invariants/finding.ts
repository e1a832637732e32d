export type InvariantName =
  | 'no-order-lost'
  | 'none-charged-twice'
  | 'nothing-oversold'
  | 'key-order-kept'
  | 'ledgers-agree'
  | 'sagas-ended-right';

/** What breaks an invariant. */
export interface Finding {
  /** `null` where no order can be named. */
  readonly orderId: string | null;
  /** The order, or what it is about instead: a SKU, a key in a provider's books. */
  readonly subject: string;
  /** One sentence: what is wrong. */
  readonly says: string;
}

/** Orders that an answer names, of each invariant. */
export const MOST_NAMED = 20;

/** By subject: one finding each. */
export type Findings = ReadonlyMap<string, Finding>;
