import type { Stage } from '../stage/stage.js';
import { customerOf, POISON, TOKENS } from './messages.js';

export interface ParcelCounts {
  readonly parcels: number;
  /** How often the poison message was handed to the handler. */
  readonly attempts: number;
  /** Sent while the poison message couldn't be handled. */
  readonly meanwhile: number;
  /** Messages of customers that have nothing to do with it, and that nobody has handled. */
  readonly bystanders: readonly string[];
  /** Customers whose parcels were sent in another order than they asked. */
  readonly outOfOrder: number;
}

export async function countParcels(
  { books, database }: Stage,
  { attempts, meanwhile }: Pick<ParcelCounts, 'attempts' | 'meanwhile'>,
): Promise<ParcelCounts> {
  const parcels = await books.parcels(database);
  const missing = TOKENS.filter((token) => !parcels.includes(token));
  const customers = [...new Set(TOKENS.map(customerOf))];
  return {
    parcels: parcels.length,
    attempts,
    meanwhile,
    bystanders: missing.filter((token) => customerOf(token) !== customerOf(POISON)),
    outOfOrder: customers.filter((customer) => !isSorted(parcels.filter((token) => customerOf(token) === customer)))
      .length,
  };
}

function isSorted(tokens: readonly string[]): boolean {
  return [...tokens].sort().join(' ') === tokens.join(' ');
}
