import * as fc from 'fast-check';

import type { Money } from './money.js';
import { AmountTooLargeError, CurrencyMismatchError, UnknownSkuError } from './order.errors.js';
import { placeOrder } from './place-order.js';
import type { OrderDraft } from './place-order.js';

const at = '2026-11-25T10:00:00.000Z';
const eur = (amount: number): Money => ({ amount, currency: 'EUR' });
const draft = (items: OrderDraft['items']): OrderDraft => ({
  customerId: 'cust-1',
  items,
  shippingAddress: { name: 'Ada', line1: '1 Street', city: 'Town', postalCode: '12345', country: 'DE' },
  paymentMethod: 'pm_card_ok',
});

const line = fc.record({
  sku: fc.string({ minLength: 1, maxLength: 20 }),
  quantity: fc.integer({ min: 1, max: 10_000 }),
  price: fc.oneof(fc.integer({ min: 0, max: 1_000_000 }), fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER })),
});
const lines = fc.uniqueArray(line, { selector: ({ sku }) => sku, minLength: 1, maxLength: 100 });

describe('placeOrder', () => {
  it('computes every line and total exactly from the catalogue, or refuses what a number cannot hold (F29)', () => {
    fc.assert(
      fc.property(lines, (items) => {
        const prices = new Map(items.map(({ sku, price }) => [sku, eur(price)]));
        const exact = items.map(({ quantity, price }) => BigInt(quantity) * BigInt(price));
        const total = exact.reduce((sum, amount) => sum + amount, 0n);
        const place = () => placeOrder('o-1', draft(items), prices, at).data;
        if (total > BigInt(Number.MAX_SAFE_INTEGER)) {
          expect(place).toThrow(AmountTooLargeError);
        } else {
          const order = place();
          expect(BigInt(order.total.amount)).toBe(total);
          expect(order.items.map(({ lineTotal }) => BigInt(lineTotal))).toEqual(exact);
          expect(order.items.map(({ unitPrice }) => unitPrice)).toEqual(items.map(({ price }) => price));
        }
      }),
    );
  });

  it('ignores a price that the customer sends (F29)', () => {
    const items = [{ sku: 'SKU-1', quantity: 3, unitPrice: 1, lineTotal: 1 }];
    const { data } = placeOrder('o-1', draft(items), new Map([['SKU-1', eur(250)]]), at);
    expect(data.items).toEqual([{ sku: 'SKU-1', quantity: 3, unitPrice: 250, lineTotal: 750 }]);
    expect(data.total).toEqual(eur(750));
  });

  it.each(['constructor', '__proto__', 'toString', 'hasOwnProperty'])('does not know a SKU named %s (F46)', (sku) => {
    const items = [
      { sku: 'SKU-1', quantity: 1 },
      { sku, quantity: 1 },
    ];
    const place = () => placeOrder('o-1', draft(items), new Map([['SKU-1', eur(250)]]), at);
    expect(place).toThrow(expect.objectContaining({ code: 'UNKNOWN_SKU', lines: [1] }));
    expect(place).toThrow(UnknownSkuError);
  });

  it('names every line whose SKU is unknown', () => {
    const items = ['NO-1', 'SKU-1', 'NO-2'].map((sku) => ({ sku, quantity: 1 }));
    expect(() => placeOrder('o-1', draft(items), new Map([['SKU-1', eur(250)]]), at)).toThrow(
      expect.objectContaining({ lines: [0, 2] }),
    );
  });

  it('refuses lines in different currencies', () => {
    const prices = new Map([
      ['SKU-1', eur(1)],
      ['SKU-2', { amount: 1, currency: 'USD' }],
    ]);
    const items = ['SKU-1', 'SKU-2'].map((sku) => ({ sku, quantity: 1 }));
    expect(() => placeOrder('o-1', draft(items), prices, at)).toThrow(CurrencyMismatchError);
  });
});
