/** A product as it is first put up for sale. Price in minor units of EUR. */
export interface InitialProduct {
  readonly sku: string;
  readonly name: string;
  readonly price: number;
  /** Units on hand when the product is new; an existing stock is never touched. */
  readonly stock: number;
}

const PLENTY = 1_000_000_000;

export const INITIAL_CATALOGUE: readonly InitialProduct[] = [
  { sku: 'SKU-TEA-GREEN', name: 'Green tea, 100 g', price: 950, stock: PLENTY },
  { sku: 'SKU-TEA-BLACK', name: 'Black tea, 100 g', price: 890, stock: PLENTY },
  { sku: 'SKU-COFFEE-BEANS', name: 'Coffee beans, 500 g', price: 1490, stock: PLENTY },
  { sku: 'SKU-MUG-BLUE', name: 'Mug, blue', price: 1250, stock: PLENTY },
  { sku: 'SKU-MUG-WHITE', name: 'Mug, white', price: 1150, stock: PLENTY },
  { sku: 'SKU-TEAPOT', name: 'Teapot, cast iron', price: 5900, stock: PLENTY },
  { sku: 'SKU-KETTLE', name: 'Kettle, 1.7 l', price: 4490, stock: PLENTY },
  { sku: 'SKU-GRINDER', name: 'Coffee grinder, by hand', price: 7900, stock: PLENTY },
  { sku: 'SKU-FILTER-PAPER', name: 'Filter papers, 100 pieces', price: 390, stock: PLENTY },
  { sku: 'SKU-HONEY', name: 'Blossom honey, 250 g', price: 690, stock: PLENTY },
  { sku: 'SKU-BISCUITS', name: 'Butter biscuits, 200 g', price: 320, stock: PLENTY },
  { sku: 'SKU-TRAY', name: 'Serving tray, oak', price: 3490, stock: PLENTY },
  { sku: 'SKU-LIMITED-10', name: 'Collector’s mug, ten pieces', price: 2990, stock: 10 },
  { sku: 'SKU-SOLD-OUT', name: 'First edition mug, sold out', price: 2990, stock: 0 },
];
