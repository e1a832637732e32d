export interface Item {
  readonly sku: string;
  readonly quantity: number;
}

/** Units of one SKU. Available is what is on hand and not reserved. */
export interface StockLevel {
  readonly sku: string;
  readonly onHand: number;
  readonly reserved: number;
}

/** What an order wanted and can't have. */
export interface Shortage {
  readonly sku: string;
  readonly requested: number;
  readonly available: number;
}

/**
 * The stock that a batch works on, decided in memory, order after order. Reserved units are never negative and never more
 * than there are on hand; a SKU that isn't stocked has nothing available.
 */
export class StockBook {
  readonly #levels: Map<string, StockLevel>;
  readonly #changes = new Map<string, StockLevel>();

  constructor(levels: readonly StockLevel[] = []) {
    this.#levels = new Map(levels.map((level) => [level.sku, level]));
  }

  /** Opens the pages of these SKUs; one that is open stays as it is. */
  add(levels: readonly StockLevel[]): void {
    for (const level of levels) if (!this.#levels.has(level.sku)) this.#levels.set(level.sku, level);
  }

  /** How each SKU differs from what the book was opened with; nothing where it doesn't. */
  get changes(): readonly StockLevel[] {
    return [...this.#changes.values()].filter(({ onHand, reserved }) => onHand !== 0 || reserved !== 0);
  }

  /** Reserves all items or none. @returns the shortages; empty = reserved. */
  reserve(items: readonly Item[]): readonly Shortage[] {
    const wanted = quantities(items);
    const shortages = wanted
      .map(({ sku, quantity }) => ({ sku, requested: quantity, available: this.#available(sku) }))
      .filter(({ requested, available }) => requested > available);
    if (shortages.length === 0)
      for (const { sku, quantity } of wanted) this.#change({ sku, onHand: 0, reserved: quantity });
    return shortages;
  }

  /** Gives reserved items back. */
  release(items: readonly Item[]): void {
    for (const { sku, quantity } of quantities(items)) this.#change({ sku, onHand: 0, reserved: -quantity });
  }

  /** Reserved items leave the house. */
  commit(items: readonly Item[]): void {
    for (const { sku, quantity } of quantities(items)) this.#change({ sku, onHand: -quantity, reserved: -quantity });
  }

  #available(sku: string): number {
    const level = this.#levels.get(sku);
    return level ? level.onHand - level.reserved : 0;
  }

  #change(change: StockLevel): void {
    const level = add(this.#levels.get(change.sku), change);
    if (level.reserved < 0 || level.reserved > level.onHand) {
      throw new RangeError(`Stock of ${change.sku} would be ${level.reserved} reserved of ${level.onHand}`);
    }
    this.#levels.set(change.sku, level);
    this.#changes.set(change.sku, add(this.#changes.get(change.sku), change));
  }
}

function add(level: StockLevel | undefined, { sku, onHand, reserved }: StockLevel): StockLevel {
  return { sku, onHand: (level?.onHand ?? 0) + onHand, reserved: (level?.reserved ?? 0) + reserved };
}

/** One entry per SKU: an order may name one twice. */
function quantities(items: readonly Item[]): readonly Item[] {
  const bySku = new Map<string, number>();
  for (const { sku, quantity } of items) bySku.set(sku, (bySku.get(sku) ?? 0) + quantity);
  return [...bySku].map(([sku, quantity]) => ({ sku, quantity }));
}
