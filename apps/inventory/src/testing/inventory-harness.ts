import { CommitReservation, ReleaseStock, ReserveStock } from '@waybill/contracts';
import { receivedMessage } from '@waybill/messaging/testing';
import type { CollectingOutbox } from '@waybill/outbox/testing';
import { startTestService } from '@waybill/service/testing';
import type { TestService } from '@waybill/service/testing';

import type { InitialProduct } from '../domain/initial-catalogue.js';
import type { StockLevel } from '../domain/stock-book.js';
import { InventoryModule } from '../inventory.module.js';
import { InventoryCommandsController } from '../messaging/inventory-commands.controller.js';
import type { ProductEntity } from '../persistence/product.entity.js';
import { CommitForOrders } from '../use-cases/commit-for-orders.js';
import { ListProducts } from '../use-cases/list-products.js';
import { PublishCatalogue } from '../use-cases/publish-catalogue.js';
import { ReleaseForOrders } from '../use-cases/release-for-orders.js';
import { ReserveForOrders } from '../use-cases/reserve-for-orders.js';
import { Restock } from '../use-cases/restock.js';
import { ViewStock } from '../use-cases/view-stock.js';

/** An order and what it wants. */
export interface Wanted {
  readonly orderId: string;
  readonly items: { sku: string; quantity: number }[];
}

/** The inventory service's use cases on a real database, without a broker; the initial catalogue has been published. */
export class InventoryHarness {
  private constructor(private readonly service: TestService) {}

  static async start(): Promise<InventoryHarness> {
    return new InventoryHarness(await startTestService(InventoryModule));
  }

  stop(): Promise<void> {
    return this.service.stop();
  }

  get outbox(): CollectingOutbox {
    return this.service.outbox;
  }

  publish(products: readonly InitialProduct[]): Promise<void> {
    return this.service.app.get(PublishCatalogue).execute(products);
  }

  /** As if another service asked for the catalogue. @returns whether it was published */
  publishOnRequest(): Promise<boolean> {
    const { app, database } = this.service;
    return database.transaction((tx) => app.get(PublishCatalogue).onRequest(tx));
  }

  reserve(...orders: readonly Wanted[]): Promise<void> {
    return this.batch(orders, []);
  }

  release(...orderIds: readonly string[]): Promise<void> {
    return this.batch([], orderIds);
  }

  /** One batch, as the consumer runs it: reads ahead for all of it, then handles one kind after the other. */
  batch(orders: readonly Wanted[], released: readonly string[]): Promise<void> {
    const { app, database } = this.service;
    const reserves = orders.map((order) => receivedMessage(ReserveStock, { key: order.orderId, data: order }));
    const releases = released.map((orderId) =>
      receivedMessage(ReleaseStock, { key: orderId, data: { orderId, reason: 'Cancelled' } }),
    );
    return database.transaction(async (tx) => {
      await app.get(InventoryCommandsController).read([...reserves, ...releases], tx);
      await app.get(ReserveForOrders).execute(reserves, tx);
      await app.get(ReleaseForOrders).execute(releases, tx);
    });
  }

  commit(...orderIds: readonly string[]): Promise<void> {
    const commands = orderIds.map((orderId) => receivedMessage(CommitReservation, { key: orderId, data: { orderId } }));
    return this.service.database.transaction((tx) => this.service.app.get(CommitForOrders).execute(commands, tx));
  }

  restock(sku: string, quantity: number): Promise<StockLevel> {
    const { app, database } = this.service;
    return database.transaction((tx) => app.get(Restock).execute(tx, sku, quantity));
  }

  stock(sku: string): Promise<StockLevel> {
    return this.service.app.get(ViewStock).of(sku);
  }

  /** As if the database were a copy from the days of the first catalogue, as far as revisions go. */
  async rewindRevisions(): Promise<void> {
    const { database } = this.service;
    await database.query({ name: 'rewind_products', text: 'UPDATE product SET revision = 1' });
    await database.query({ name: 'rewind_catalogue', text: 'UPDATE catalogue SET revision = 1' });
  }

  products(): Promise<ProductEntity[]> {
    return this.service.app.get(ListProducts).all();
  }
}
