import type { Order, OrderFilter } from '../api/orders.js';

/** What tells of orders; each call is one request. */
export interface OrderSource {
  page(filter: OrderFilter, limit: number, cursor?: string): Promise<OrderPage>;
  /** `undefined`: there is none any more. */
  find(id: string): Promise<Order | undefined>;
}

interface OrderPage {
  readonly items: readonly Order[];
  readonly nextCursor?: string | undefined;
}

/** An order as it is now, and as it was seen before; nothing where it is new. */
export interface OrderMove {
  readonly order: Order;
  readonly before: string | undefined;
}

export interface Look {
  /** In the order of what moved last. */
  readonly moves: readonly OrderMove[];
  /** There was more than one look may ask for: some moves are seen later, or never. */
  readonly isBehind: boolean;
}

const PAGE = 100;
/** Of one look. */
const MOST_PAGES = 10;
const MOST_ASKED_FOR = 20;
/** Orders that are under way and are watched. */
const MOST_WATCHED = 2_000;
/** An order that was committed later than one that was placed after it. */
const LATE_MS = 5_000;

const OPEN = 'PLACED';

/**
 * Sees orders move, by looking now and then, with at most {@link MOST_PAGES} + {@link MOST_ASKED_FOR} requests each time: at what was placed
 * lately, and in turn at those that were placed earlier and are under way.
 */
export class OrderMoves {
  readonly #seen = new Map<string, string>();
  readonly #watched = new Set<string>();
  #newestMs = 0;

  constructor(
    private readonly source: OrderSource,
    private readonly filter: Pick<OrderFilter, 'customerId'>,
  ) {}

  /** The newest orders as they are; from now on {@link look} tells what moves. */
  async begin(limit: number): Promise<readonly Order[]> {
    const { items } = await this.source.page(this.filter, PAGE);
    const { items: open } = await this.source.page({ ...this.filter, status: OPEN }, PAGE);
    for (const order of [...open, ...items]) this.#see(order);
    return items.slice(0, limit).reverse();
  }

  async look(): Promise<Look> {
    const moves: OrderMove[] = [];
    const placedSince = this.#newestMs === 0 ? undefined : new Date(this.#newestMs - LATE_MS).toISOString();
    const covered = new Set<string>();
    let cursor: string | undefined;
    let isBehind = false;
    for (let page = 0; ; page++) {
      const { items, nextCursor } = await this.source.page({ ...this.filter, placedSince }, PAGE, cursor);
      for (const order of items) {
        covered.add(order.id);
        moves.push(...this.#see(order));
      }
      cursor = nextCursor;
      isBehind = cursor !== undefined && page + 1 === MOST_PAGES;
      if (cursor === undefined || isBehind) break;
    }
    for (const id of [...this.#watched].filter((each) => !covered.has(each)).slice(0, MOST_ASKED_FOR)) {
      this.#watched.delete(id); // to the end of the queue, if it is still under way
      const order = await this.source.find(id);
      if (order !== undefined) moves.push(...this.#see(order));
    }
    this.#forget(covered);
    return { moves: moves.sort(byTime), isBehind };
  }

  #see(order: Order): readonly OrderMove[] {
    const { id, status, placedAt } = order;
    const before = this.#seen.get(id);
    this.#seen.set(id, status);
    this.#newestMs = Math.max(this.#newestMs, Date.parse(placedAt));
    if (status !== OPEN) this.#watched.delete(id);
    else if (this.#watched.size < MOST_WATCHED) this.#watched.add(id);
    return before === status ? [] : [{ order, before }];
  }

  /** Only what may be seen again is kept. */
  #forget(covered: ReadonlySet<string>): void {
    for (const id of this.#seen.keys()) if (!covered.has(id) && !this.#watched.has(id)) this.#seen.delete(id);
  }
}

/** Ids are in order of placing. */
function byTime({ order: a }: OrderMove, { order: b }: OrderMove): number {
  return Date.parse(a.updatedAt) - Date.parse(b.updatedAt) || (a.id < b.id ? -1 : 1);
}
