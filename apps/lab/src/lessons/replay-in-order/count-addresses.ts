import type { Stage } from '../stage/stage.js';
import { lastOf } from './messages.js';

export interface AddressCounts {
  readonly replayed: number;
  /** Orders that go to the address that their customers asked for last. */
  readonly current: number;
  /** What the others go to. */
  readonly outdated: readonly string[];
}

export async function countAddresses({ books, database }: Stage, replayed: number): Promise<AddressCounts> {
  const orders = await books.orders(database);
  const outdated = orders.filter(({ token, address }) => address !== lastOf(token));
  return {
    replayed,
    current: orders.length - outdated.length,
    outdated: outdated.map(({ token, address }) => address ?? token),
  };
}
