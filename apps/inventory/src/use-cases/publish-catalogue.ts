import { Injectable } from '@nestjs/common';
import { CataloguePublished, ProductListed } from '@waybill/contracts';
import { Database } from '@waybill/database';
import type { Transaction } from '@waybill/database';
import { newMessage } from '@waybill/messaging';
import { Outbox } from '@waybill/outbox';

import type { InitialProduct } from '../domain/initial-catalogue.js';
import { catalogueAge } from '../persistence/sql/catalogue-age.js';
import { listProducts } from '../persistence/sql/list-products.js';
import { lockCatalogue } from '../persistence/sql/lock-catalogue.js';
import { openStock } from '../persistence/sql/open-stock.js';
import { publishCatalogue } from '../persistence/sql/publish-catalogue.js';
import { relistProducts } from '../persistence/sql/relist-products.js';

interface ProductRow {
  readonly sku: string;
  readonly name: string;
  readonly price: number;
  readonly currency: string;
  readonly revision: number;
}

const CURRENCY = 'EUR';
/** Several replicas may ask at a time. */
const RECENT_MS = 30_000;

/**
 * Brings the catalogue up to the given products and publishes what is new, in one transaction. Repeatable, by any number
 * of replicas at once: where nothing changed, nothing is written or sent, and existing stock is never touched.
 */
@Injectable()
export class PublishCatalogue {
  constructor(
    private readonly database: Database,
    private readonly outbox: Outbox,
  ) {}

  async execute(products: readonly InitialProduct[]): Promise<void> {
    const skus = products.map(({ sku }) => sku);
    await this.database.transaction(async (tx) => {
      await tx.query(lockCatalogue);
      const [listed] = await Promise.all([
        tx.query<ProductRow>(listProducts, [
          skus,
          products.map(({ name }) => name),
          products.map(({ price }) => price),
          products.map(() => CURRENCY),
        ]),
        tx.query(openStock, [skus, products.map(({ stock }) => stock)]),
      ]);
      if (listed.length > 0) await this.#send(tx, listed);
    });
  }

  /**
   * Publishes the whole catalogue once more, at new revisions: for a reader that has lost its copy, or has a wrong one, from a
   * database that was lost since or from a forger. @returns how many products it holds
   */
  async again(tx: Transaction): Promise<number> {
    await tx.query(lockCatalogue);
    const products = await tx.query<ProductRow>(relistProducts);
    await this.#send(tx, products);
    return products.length;
  }

  /** The same for a service that asks for it by itself; once for all that ask at about the same time. @returns whether it was published */
  async onRequest(tx: Transaction): Promise<boolean> {
    await tx.query(lockCatalogue);
    const [last] = await tx.query<{ ageMs: number }>(catalogueAge);
    if (last !== undefined && last.ageMs < RECENT_MS) return false;
    await this.again(tx);
    return true;
  }

  async #send(tx: Transaction, products: readonly ProductRow[]): Promise<void> {
    for (const { sku, name, price, currency, revision } of products) {
      const data = { sku, name, price: { amount: price, currency }, revision };
      this.outbox.add(tx, newMessage(ProductListed, { key: sku, data }));
    }
    for (const data of await tx.query<{ products: number; revision: number }>(publishCatalogue)) {
      this.outbox.add(tx, newMessage(CataloguePublished, { key: 'catalogue', data }));
    }
  }
}
