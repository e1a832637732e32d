import type { Order } from '../domain/order.js';

/** What was sold of one product on one day, in one currency. */
export interface DailySales {
  /** `2026-11-30`: a day of UTC, by the database's clock. */
  readonly day: string;
  readonly sku: string;
  readonly currency: string;
  /** Orders that hold it. */
  readonly orders: number;
  readonly units: number;
  /** Minor units of the currency; a sum beyond 2^53 is rounded to 53 bits. */
  readonly amount: number;
}

/**
 * What an order adds to the sales of the day on which it was fulfilled: that is the pivot, nothing undoes it afterwards. An order that is
 * rejected or cancelled was never sold, whatever had been charged or reserved for it.
 */
export function salesOf({ items, total }: Order, fulfilledAt: Date): readonly Omit<DailySales, 'orders'>[] {
  const day = fulfilledAt.toISOString().slice(0, 10);
  return items.map(({ sku, quantity, lineTotal }) => ({
    day,
    sku,
    currency: total.currency,
    units: quantity,
    amount: lineTotal,
  }));
}
