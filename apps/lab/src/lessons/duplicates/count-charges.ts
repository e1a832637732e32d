import type { Stage } from '../stage/stage.js';
import type { Wire } from '../stage/wire.js';
import { PRICE } from './messages.js';

export interface ChargeCounts {
  readonly delivered: number;
  readonly charges: number;
  /** Customers who were charged more than once. */
  readonly twice: readonly string[];
  /** In cents. */
  readonly tooMuch: number;
}

export async function countCharges({ books, database }: Stage, wire: Wire): Promise<ChargeCounts> {
  const accounts = await books.accounts(database);
  return {
    delivered: wire.delivered.length,
    charges: accounts.reduce((sum, { charges }) => sum + charges, 0),
    twice: accounts.filter(({ charges }) => charges > 1).map(({ token }) => token),
    tooMuch: accounts.reduce((sum, { balance }) => sum + balance - PRICE, 0),
  };
}

/** What all messages were delivered before: there is one lane, and this message is its last. */
export function isCharged({ books, database }: Stage, token: string | undefined): () => Promise<boolean> {
  return async () => (await books.accounts(database)).some((account) => account.token === token);
}
