const SKUS = ['SKU-MUG-BLUE', 'SKU-MUG-WHITE', 'SKU-TEA-GREEN', 'SKU-TEA-BLACK', 'SKU-COFFEE-BEANS', 'SKU-HONEY'];

/** What the simulated provider and carrier, and the stock, make of an order: each of the ways that it can take. */
const WAYS: readonly { readonly card?: string; readonly postalCode?: string; readonly sku?: string }[] = [
  { card: 'pm_card_declined' },
  { card: 'pm_card_flaky_3' },
  { card: 'pm_card_timeout_after' },
  { postalCode: '00000' },
  { postalCode: '00004' },
  { sku: 'SKU-SOLD-OUT' },
  { sku: 'SKU-LIMITED-10' },
];

const CUSTOMERS = 50;

/** An order as `POST /orders` takes it. Of mixed ones, half go another way than the good one. */
export function drawOrder(isMixed: boolean): object {
  const {
    card = 'pm_card_ok',
    postalCode = '10115',
    sku = pick(SKUS),
  } = isMixed && Math.random() < 0.5 ? pick(WAYS) : {};
  return {
    customerId: `lab-${Math.ceil(Math.random() * CUSTOMERS)}`,
    items: [{ sku, quantity: 1 + Math.floor(Math.random() * 3) }],
    shippingAddress: { name: 'Ada Example', line1: '1 Example Street', city: 'Berlin', postalCode, country: 'DE' },
    paymentMethod: card,
  };
}

function pick<Value>(values: readonly [Value, ...Value[]] | readonly Value[]): Value {
  const value = values[Math.floor(Math.random() * values.length)];
  if (value === undefined) throw new RangeError('There is nothing to pick from');
  return value;
}
