import { endingOf } from '../facts.js';
import type { Item, OrderFacts, ReservationFacts } from '../facts.js';

/** A fulfilled order has taken what was ordered, and no order keeps units that it isn't to get. */
export function stockTakenWrongly(order: OrderFacts, reservation: ReservationFacts | undefined): string | undefined {
  const holds = reservation?.status === 'RESERVED' || reservation?.status === 'COMMITTED' ? reservation.items : [];
  switch (endingOf(order)) {
    case 'open':
      return undefined;
    case 'fulfilled':
      return differences(order.items, holds);
    case 'undone':
      break;
  }
  return holds.length === 0 ? undefined : `It is ${order.status}, and keeps ${listed(holds)}.`;
}

function differences(ordered: readonly Item[], taken: readonly Item[]): string | undefined {
  const [wanted, got] = [quantities(ordered), quantities(taken)];
  const wrong = [...new Set([...wanted.keys(), ...got.keys()])].filter((sku) => wanted.get(sku) !== got.get(sku));
  if (wrong.length === 0) return undefined;
  const words = wrong.map((sku) => `${got.get(sku) ?? 0} of ${sku} instead of ${wanted.get(sku) ?? 0}`);
  return `It has taken ${words.join(', ')}.`;
}

function quantities(items: readonly Item[]): ReadonlyMap<string, number> {
  const bySku = new Map<string, number>();
  for (const { sku, quantity } of items) bySku.set(sku, (bySku.get(sku) ?? 0) + quantity);
  return bySku;
}

function listed(items: readonly Item[]): string {
  return items.map(({ sku, quantity }) => `${quantity} of ${sku}`).join(', ');
}
