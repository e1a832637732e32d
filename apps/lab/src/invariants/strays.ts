import { isUuid } from '@waybill/http';

import type { OrderFacts } from './facts.js';
import type { Finding, InvariantName } from './finding.js';
import type { DatabaseName, ServiceDatabases } from './service-databases.js';
import {
  KNOWN_ORDERS,
  KNOWN_PAYMENTS,
  KNOWN_SHIPMENTS,
  LIST_BOOKINGS,
  LIST_CHARGES,
  LIST_PAID_ORDERS,
  STILL_BOOKED,
  STILL_CHARGED,
  STILL_PAID,
} from './sql.js';

/** Rows of one look, of each of the books. */
const PAGE = 1_000;
/** Strays that are remembered, of each of the books: who has more has other work to do. */
const MOST = 200;

interface Entry {
  readonly key: string;
  readonly reference: string | null;
}

/** One of the books outside, and the table here in which each of its entries has to have a row. */
interface Book {
  readonly books: DatabaseName;
  readonly list: string;
  readonly still: string;
  readonly service: DatabaseName;
  readonly known: string;
}

const CHARGES: Book = {
  books: 'payment_provider',
  list: LIST_CHARGES,
  still: STILL_CHARGED,
  service: 'payment',
  known: KNOWN_PAYMENTS,
};
const BOOKINGS: Book = {
  books: 'carrier',
  list: LIST_BOOKINGS,
  still: STILL_BOOKED,
  service: 'shipping',
  known: KNOWN_SHIPMENTS,
};

/**
 * What the world outside, or a service, has and nobody here asked for: charges without a payment, bookings without a shipment, payments
 * of orders that don't exist. No order leads to them, so the books are read from the first entry to the last, a page a look, and then
 * again. A service's row is always older than the entry outside, as it commits before the call.
 */
export class Strays {
  /** Keys, and the order that the provider was told they are for. */
  charges: ReadonlyMap<string, string | null> = new Map();
  bookings: ReadonlyMap<string, string | null> = new Map();
  /** Orders that the payment service knows, and the order service doesn't. */
  unknownOrders: ReadonlySet<string> = new Set();

  readonly #after = { charges: '', bookings: '', paid: '' };

  constructor(private readonly databases: ServiceDatabases) {}

  /** The orders that strays name. */
  orders(): readonly string[] {
    return [...this.charges.values(), ...this.bookings.values()].filter(
      (id): id is string => id !== null && isUuid(id),
    );
  }

  /**
   * Reads the next page of each, and what was found before once more.
   * @throws DatabaseAwayError; nothing is forgotten then.
   */
  readonly looks: readonly (() => Promise<void>)[] = [
    async () => void (this.charges = await this.#strays(CHARGES, 'charges', this.charges)),
    async () => void (this.bookings = await this.#strays(BOOKINGS, 'bookings', this.bookings)),
    async () => void (this.unknownOrders = await this.#unknown()),
  ];

  /** What of them breaks an invariant and belongs to no order that there is; what belongs to one is judged with it. */
  findings(invariant: InvariantName, orders: ReadonlyMap<string, OrderFacts>): readonly Finding[] {
    if (invariant === 'no-order-lost') {
      const says = 'The payment service has a payment for it, and the order service has no such order.';
      return [...this.unknownOrders].map((orderId) => ({ orderId, subject: orderId, says }));
    }
    if (invariant !== 'ledgers-agree') return [];
    const entries = [
      ...[...this.charges].map(([key, orderId]) => ({ key, orderId, what: 'charged', row: 'payment' })),
      ...[...this.bookings].map(([key, orderId]) => ({ key, orderId, what: 'booked', row: 'shipment' })),
    ];
    return entries
      .filter(({ orderId }) => orderId === null || !orders.has(orderId))
      .map(({ key, orderId, what, row }) => {
        const whose = orderId === null ? 'and nothing says for which order' : 'for an order that there is not';
        return { orderId, subject: orderId ?? key, says: `${key} was ${what} without a ${row} of ours, ${whose}.` };
      });
  }

  async #strays(
    { books, list, still, service, known }: Book,
    of: 'charges' | 'bookings',
    before: ReadonlyMap<string, string | null>,
  ): Promise<ReadonlyMap<string, string | null>> {
    const page = await this.databases.read<Entry>(books, list, [this.#after[of], PAGE]);
    const again = before.size === 0 ? [] : await this.databases.read<Entry>(books, still, [[...before.keys()]]);
    const entries = new Map([...again, ...page].map(({ key, reference }) => [key, reference]));
    const missing = await this.#missing(service, known, [...entries.keys()]);
    this.#after[of] = page.length < PAGE ? '' : (page.at(-1)?.key ?? '');
    return new Map(missing.slice(0, MOST).map((key) => [key, entries.get(key) ?? null]));
  }

  async #unknown(): Promise<ReadonlySet<string>> {
    const page = await this.databases.read<{ id: string }>('payment', LIST_PAID_ORDERS, [this.#after.paid, PAGE]);
    const before = [...this.unknownOrders];
    const again = before.length === 0 ? [] : await this.databases.read<{ id: string }>('payment', STILL_PAID, [before]);
    const ids = [...new Set([...again, ...page].map(({ id }) => id))];
    const missing = await this.#missing('order', KNOWN_ORDERS, ids);
    this.#after.paid = page.length < PAGE ? '' : (page.at(-1)?.id ?? '');
    return new Set(missing.slice(0, MOST));
  }

  /** Of these keys, those of which the service has no row. */
  async #missing(service: DatabaseName, known: string, keys: readonly string[]): Promise<readonly string[]> {
    const ids = keys.filter(isUuid);
    const rows = ids.length === 0 ? [] : await this.databases.read<{ id: string }>(service, known, [ids]);
    const found = new Set(rows.map(({ id }) => id));
    return keys.filter((key) => !found.has(key.toLowerCase()));
  }
}
