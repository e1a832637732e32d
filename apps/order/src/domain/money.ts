import { AmountTooLargeError, CurrencyMismatchError } from './order.errors.js';

/** Integer minor units: 1250 EUR is twelve euros and fifty cents. Never negative, never beyond what a number holds exactly. */
export interface Money {
  readonly amount: number;
  readonly currency: string;
}

/** @throws AmountTooLargeError when the product can't be held exactly. */
export function times(price: Money, quantity: number): Money {
  return { amount: exact(BigInt(price.amount) * BigInt(quantity)), currency: price.currency };
}

/**
 * @throws AmountTooLargeError when the sum can't be held exactly.
 * @throws CurrencyMismatchError when the amounts aren't in one currency.
 */
export function sum(amounts: readonly [Money, ...Money[]]): Money {
  const [{ currency }] = amounts;
  const other = amounts.find((money) => money.currency !== currency);
  if (other) throw new CurrencyMismatchError([currency, other.currency]);
  return { amount: exact(amounts.reduce((total, { amount }) => total + BigInt(amount), 0n)), currency };
}

function exact(amount: bigint): number {
  if (amount > BigInt(Number.MAX_SAFE_INTEGER)) throw new AmountTooLargeError();
  return Number(amount);
}
