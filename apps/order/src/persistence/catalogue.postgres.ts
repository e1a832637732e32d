import { Injectable } from '@nestjs/common';
import { Database } from '@waybill/database';
import type { Transaction } from '@waybill/database';

import type { Money } from '../domain/money.js';
import { RevisionAheadError } from '../domain/order.errors.js';
import { CATALOGUE_PROGRESS } from './sql/catalogue-progress.js';
import { FIND_PRICES } from './sql/find-prices.js';
import { LIST_PRODUCTS } from './sql/list-products.js';
import { PUBLISH_CATALOGUE } from './sql/publish-catalogue.js';

export interface ListedProduct {
  readonly sku: string;
  readonly name: string;
  readonly price: Money;
  readonly revision: number;
}

export interface CatalogueProgress {
  readonly listed: number;
  /** `undefined` until the catalogue was announced. */
  readonly expected: number | undefined;
}

interface KnownPrice {
  readonly price: Money;
  readonly until: number;
}

/** How long a price is taken from memory. The copy follows the inventory's catalogue with a delay anyway. */
const PRICE_TTL_MS = 1_000;
const MOST_PRICES = 10_000;
/** How far the clocks of two services may be apart. */
const MOST_AHEAD_MS = 3_600_000;

/** The order service's own copy of the catalogue: what may be ordered, and for how much. */
@Injectable()
export class Catalogue {
  readonly #prices = new Map<string, KnownPrice>();

  constructor(private readonly database: Database) {}

  /** The highest revision of each product wins. @throws RevisionAheadError for one that none published later could beat */
  async list(tx: Transaction, products: readonly ListedProduct[]): Promise<void> {
    for (const { revision } of products) assertPast(revision, tx.now());
    const newest = new Map<string, ListedProduct>();
    for (const product of products) {
      if ((newest.get(product.sku)?.revision ?? 0) <= product.revision) newest.set(product.sku, product);
    }
    const rows = [...newest.values()].sort((a, b) => (a.sku < b.sku ? -1 : 1)); // one order of locking for all batches
    await tx.query(LIST_PRODUCTS, [
      rows.map(({ sku }) => sku),
      rows.map(({ name }) => name),
      rows.map(({ price }) => price.amount),
      rows.map(({ price }) => price.currency),
      rows.map(({ revision }) => revision),
    ]);
    tx.afterCommit(() => rows.forEach(({ sku }) => this.#prices.delete(sku)));
  }

  /** @throws RevisionAheadError */
  async publish(tx: Transaction, publication: { readonly products: number; readonly revision: number }): Promise<void> {
    assertPast(publication.revision, tx.now());
    await tx.query(PUBLISH_CATALOGUE, [publication.products, publication.revision]);
  }

  /**
   * Prices by SKU, at most a second old; an unknown SKU has none. Reads on the caller's connection: one that waited for a
   * second connection while it holds its first could wait for ever.
   */
  async pricesOf(tx: Transaction, skus: readonly string[]): Promise<ReadonlyMap<string, Money>> {
    const now = performance.now();
    const prices = new Map<string, Money>();
    for (const sku of skus) {
      const known = this.#prices.get(sku);
      if (known && known.until > now) prices.set(sku, known.price);
    }
    const missing = skus.filter((sku) => !prices.has(sku));
    if (missing.length > 0) {
      for (const [sku, price] of await this.#read(tx, missing, now + PRICE_TTL_MS)) prices.set(sku, price);
    }
    return prices;
  }

  async progress(): Promise<CatalogueProgress> {
    const [row] = await this.database.query<{ listed: number; expected: number | null }>(CATALOGUE_PROGRESS);
    return { listed: row?.listed ?? 0, expected: row?.expected ?? undefined };
  }

  async #read(tx: Transaction, skus: readonly string[], until: number): Promise<readonly (readonly [string, Money])[]> {
    const rows = await tx.query<{ sku: string; amount: string; currency: string }>(FIND_PRICES, [skus]);
    const read = rows.map(({ sku, amount, currency }) => [sku, { amount: Number(amount), currency }] as const);
    if (this.#prices.size + read.length > MOST_PRICES) this.#prices.clear();
    for (const [sku, price] of read) this.#prices.set(sku, { price, until });
    return read;
  }
}

function assertPast(revision: number, nowMs: number): void {
  if (revision > nowMs + MOST_AHEAD_MS) throw new RevisionAheadError(revision);
}
