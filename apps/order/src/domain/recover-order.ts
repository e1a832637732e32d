import type { Money } from './money.js';
import type { OrderLine, OrderRecovered } from './order.events.js';

/** What is left of an order: what the participants said about it. */
export interface OrderTraces {
  readonly charged?: Money;
  readonly reserved?: readonly { readonly sku: string; readonly quantity: number }[];
}

const NOTHING: Money = { amount: 0, currency: 'EUR' };

/**
 * An order as its traces tell it. Its total is what was charged, as that is what the customer paid; its lines have the prices of
 * the catalogue as it is now, or 0 where it has none.
 * @param orderId a UUIDv7: it carries when the order was placed
 */
export function recoverOrder(
  orderId: string,
  { charged = NOTHING, reserved = [] }: OrderTraces,
  prices: ReadonlyMap<string, Money>,
  at: string,
): OrderRecovered {
  const items = reserved.map(({ sku, quantity }): OrderLine => {
    const unitPrice = prices.get(sku)?.amount ?? 0;
    return { sku, quantity, unitPrice, lineTotal: unitPrice * quantity };
  });
  return { type: 'OrderRecovered', data: { orderId, items, total: charged, placedAt: placedAt(orderId) ?? at, at } };
}

function placedAt(orderId: string): string | undefined {
  if (orderId[14] !== '7') return undefined;
  return new Date(Number.parseInt(orderId.slice(0, 8) + orderId.slice(9, 13), 16)).toISOString();
}
