import type { Stage } from '../stage/stage.js';

export interface PurchaseCounts {
  readonly charged: number;
  readonly refunded: number;
  readonly parcels: number;
  /** Customers whose money we have, and who get nothing for it. */
  readonly cheated: readonly string[];
  /** In cents. */
  readonly owed: number;
  /** Reserved for orders that nothing is sent for. */
  readonly blocked: number;
}

export async function countPurchases({ books, database }: Stage): Promise<PurchaseCounts> {
  const accounts = await books.accounts(database);
  const parcels = await books.parcels(database);
  const cheated = accounts.filter(({ token, balance }) => balance > 0 && !parcels.includes(token));
  return {
    charged: accounts.filter(({ charges }) => charges > 0).length,
    refunded: accounts.filter(({ balance }) => balance === 0).length,
    parcels: parcels.length,
    cheated: cheated.map(({ token }) => token),
    owed: cheated.reduce((sum, { balance }) => sum + balance, 0),
    blocked: (await books.reservations(database)).filter((token) => !parcels.includes(token)).length,
  };
}
