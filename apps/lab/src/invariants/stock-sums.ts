import type { Finding } from './finding.js';
import { MOST_NAMED } from './finding.js';
import type { ServiceDatabases } from './service-databases.js';
import { HELD_BEYOND, STOCK } from './sql.js';

interface StockRow {
  readonly sku: string;
  readonly onHand: number;
  readonly reserved: number;
  /** Units of orders that are under way. */
  readonly held: number;
  /** Units of fulfilled orders. */
  readonly sold: number;
}

/** The sums read every reservation: they are asked for again only after so many times as long as they took. */
const REST = 50;

/**
 * The stock as a whole, in one snapshot of the inventory database, so that no order under way can disturb the comparison. How much
 * there was in the beginning, and what was added since, is written nowhere: that units only ever vanish by being sold is compared
 * from the first look on.
 */
export class StockSums {
  #supplied = new Map<string, number>();
  #findings: readonly Finding[] = [];
  #restUntilMs = 0;

  constructor(private readonly databases: ServiceDatabases) {}

  /**
   * @param now milliseconds of a clock that only rises
   * @param pause `none`: reads however little time has passed, as something looked wrong.
   * @throws DatabaseAwayError
   */
  async look(now: number, pause: 'rest' | 'none'): Promise<readonly Finding[]> {
    if (pause === 'rest' && now < this.#restUntilMs) return this.#findings;
    const rows = await this.databases.read<StockRow>('inventory', STOCK, []);
    this.#findings = (await Promise.all(rows.map((row) => this.#judge(row)))).flat();
    const tookMs = performance.now() - now;
    this.#restUntilMs = now + REST * tookMs;
    return this.#findings;
  }

  async #judge({ sku, onHand, reserved, held, sold }: StockRow): Promise<readonly Finding[]> {
    const before = this.#supplied.get(sku) ?? 0;
    const supplied = onHand + sold;
    this.#supplied.set(sku, Math.max(before, supplied));
    if (onHand < 0 || reserved < 0 || reserved > onHand) {
      return [{ orderId: null, subject: sku, says: `${onHand} of ${sku} are on hand, and ${reserved} reserved.` }];
    }
    if (supplied < before) {
      const says = `${before - supplied} of ${sku} have left the stock, and no fulfilled order has got them.`;
      return [{ orderId: null, subject: sku, says }];
    }
    if (held === reserved) return [];
    const sums = `${held} of ${sku} are held by orders, and ${reserved} are reserved in the stock`;
    if (held < reserved) return [{ orderId: null, subject: sku, says: `${sums}.` }];
    const orders = await this.databases.read<{ orderId: string; quantity: number }>('inventory', HELD_BEYOND, [
      sku,
      reserved,
      MOST_NAMED,
    ]);
    return orders.map(({ orderId, quantity }) => ({
      orderId,
      subject: orderId,
      says: `It holds ${quantity} of ${sku} that aren't there: ${sums}.`,
    }));
  }
}
