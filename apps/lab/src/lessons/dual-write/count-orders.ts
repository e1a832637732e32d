import type { Stage } from '../stage/stage.js';
import type { Wire } from '../stage/wire.js';

export interface OrderCounts {
  readonly orders: number;
  readonly published: number;
  /** Of those, by the process that came after the dead one. */
  readonly publishedLater: number;
  readonly parcels: number;
  /** Orders that no parcel was sent for. */
  readonly lost: readonly string[];
}

/** @param before how many had been published when the process died */
export async function countOrders({ books, database }: Stage, wire: Wire, before: number): Promise<OrderCounts> {
  const orders = (await books.orders(database)).map(({ token }) => token);
  const parcels = new Set(await books.parcels(database));
  return {
    orders: orders.length,
    published: new Set(wire.published).size,
    publishedLater: wire.published.length - before,
    parcels: parcels.size,
    lost: orders.filter((token) => !parcels.has(token)),
  };
}
