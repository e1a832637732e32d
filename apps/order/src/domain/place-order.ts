import { sum, times } from './money.js';
import type { Money } from './money.js';
import { OrderInvariantError, UnknownSkuError } from './order.errors.js';
import type { OrderLine, OrderPlaced, ShippingAddress } from './order.events.js';

/** What a customer asks for, as it was checked at the edge: at least one line, no SKU twice. */
export interface OrderDraft {
  readonly customerId: string;
  readonly items: readonly { readonly sku: string; readonly quantity: number }[];
  readonly shippingAddress: ShippingAddress;
  readonly paymentMethod: string;
}

/**
 * Prices come from the catalogue, never from the customer; totals are exact.
 * @param prices by SKU
 * @throws UnknownSkuError naming every line whose SKU has no price
 * @throws AmountTooLargeError, CurrencyMismatchError
 */
export function placeOrder(
  orderId: string,
  draft: OrderDraft,
  prices: ReadonlyMap<string, Money>,
  at: string,
): OrderPlaced {
  const unknown = draft.items.flatMap(({ sku }, index) => (prices.has(sku) ? [] : [index]));
  if (unknown.length > 0) throw new UnknownSkuError(unknown);
  const priced = draft.items.map(({ sku, quantity }) => priceLine(sku, quantity, prices));
  const [first, ...others] = priced.map(({ lineTotal }) => lineTotal);
  if (!first) throw new OrderInvariantError('An order has at least one line');
  const total = sum([first, ...others]);
  return {
    type: 'OrderPlaced',
    data: {
      orderId,
      customerId: draft.customerId,
      items: priced.map(({ line }) => line),
      total,
      shippingAddress: draft.shippingAddress,
      paymentMethod: draft.paymentMethod,
      at,
    },
  };
}

function priceLine(
  sku: string,
  quantity: number,
  prices: ReadonlyMap<string, Money>,
): { readonly line: OrderLine; readonly lineTotal: Money } {
  const price = prices.get(sku);
  if (!price) throw new UnknownSkuError([]);
  const lineTotal = times(price, quantity);
  return { line: { sku, quantity, unitPrice: price.amount, lineTotal: lineTotal.amount }, lineTotal };
}
