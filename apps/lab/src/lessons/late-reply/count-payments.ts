import type { Stage } from '../stage/stage.js';

export interface PaymentCounts {
  readonly cancelled: number;
  readonly charged: number;
  readonly refunded: number;
  /** Customers of cancelled orders whose money we have. */
  readonly cheated: readonly string[];
  /** In cents. */
  readonly owed: number;
}

export async function countPayments({ books, database }: Stage): Promise<PaymentCounts> {
  const orders = await books.orders(database);
  const accounts = await books.accounts(database);
  const cancelled = new Set(orders.filter(({ state }) => state === 'CANCELLED').map(({ token }) => token));
  const cheated = accounts.filter(({ token, balance }) => balance > 0 && cancelled.has(token));
  return {
    cancelled: cancelled.size,
    charged: accounts.filter(({ charges }) => charges > 0).length,
    refunded: accounts.filter(({ balance }) => balance === 0).length,
    cheated: cheated.map(({ token }) => token),
    owed: cheated.reduce((sum, { balance }) => sum + balance, 0),
  };
}
