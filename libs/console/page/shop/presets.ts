/** What a shop's customer asks for, as `POST /orders` takes it. */
export interface OrderRequest {
  readonly customerId: string;
  readonly items: readonly { readonly sku: string; readonly quantity: number }[];
  readonly shippingAddress: Readonly<Record<'name' | 'line1' | 'city' | 'postalCode' | 'country', string>>;
  readonly paymentMethod: string;
}

export interface Preset {
  readonly name: string;
  /** What will happen, and why that is interesting. */
  readonly tells: string;
  readonly card?: string;
  readonly postalCode?: string;
  readonly items?: OrderRequest['items'];
}

const MUGS = [{ sku: 'SKU-MUG-BLUE', quantity: 2 }];
const EVERYTHING = [
  'SKU-TEA-GREEN',
  'SKU-TEA-BLACK',
  'SKU-COFFEE-BEANS',
  'SKU-MUG-BLUE',
  'SKU-MUG-WHITE',
  'SKU-TEAPOT',
  'SKU-KETTLE',
  'SKU-GRINDER',
  'SKU-FILTER-PAPER',
  'SKU-HONEY',
  'SKU-BISCUITS',
  'SKU-TRAY',
].map((sku) => ({ sku, quantity: 100 }));

/** One for each way that an order can take. The provider and the carrier are simulators: cards and postal codes are their scripts. */
export const PRESETS: readonly Preset[] = [
  { name: 'Goes well', tells: 'Paid, reserved, shipped: fulfilled.' },
  { name: 'Card declined', tells: 'Nothing to undo: rejected at once.', card: 'pm_card_declined' },
  { name: 'Slow provider', tells: 'The charge takes two seconds. Time to cancel it.', card: 'pm_card_slow' },
  {
    name: 'Flaky provider',
    tells: 'Three charges fail, the fourth goes through, and charges once.',
    card: 'pm_card_flaky_3',
  },
  {
    name: 'Charged, answer lost',
    tells: 'The answer is lost after the charge; asking again finds it.',
    card: 'pm_card_timeout_after',
  },
  {
    name: 'Sold out',
    tells: 'Paid before stock is found missing: the money goes back.',
    items: [{ sku: 'SKU-SOLD-OUT', quantity: 1 }],
  },
  { name: 'Carrier refuses', tells: 'The last step fails: stock and money go back.', postalCode: '00000' },
  {
    name: 'Refund refused',
    tells: 'The money can’t go back: a person has to decide.',
    card: 'pm_card_refund_fails',
    postalCode: '00000',
  },
  { name: 'Big order', tells: 'A hundred of everything.', items: EVERYTHING },
];

export function requestOf(preset: Preset, customerId: string): OrderRequest {
  const { card = 'pm_card_ok', postalCode = '10115', items = MUGS } = preset;
  return {
    customerId,
    items,
    shippingAddress: { name: 'Ada Example', line1: '1 Example Street', city: 'Berlin', postalCode, country: 'DE' },
    paymentMethod: card,
  };
}
