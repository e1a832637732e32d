import { Test } from '@nestjs/testing';
import type { TestingModule } from '@nestjs/testing';
import { CommitReservation, ReleaseStock, ReserveStock } from '@waybill/contracts';
import { Database, DatabaseModule } from '@waybill/database';
import type { Transaction } from '@waybill/database';
import { createTestDatabase, testDatabaseServer } from '@waybill/embedded/testing';
import { Outbox } from '@waybill/outbox';

import type { InitialProduct } from '../domain/initial-catalogue.js';
import type { StockLevel } from '../domain/stock-book.js';
import { CreateInventory1795600000300 } from '../persistence/migrations/create-inventory.js';
import { ProductEntity } from '../persistence/product.entity.js';
import { ReservationRepository, STOCK_BOOK } from '../persistence/reservation.repository.postgres.js';
import { CommitForOrders } from '../use-cases/commit-for-orders.js';
import { ListProducts } from '../use-cases/list-products.js';
import { PublishCatalogue } from '../use-cases/publish-catalogue.js';
import { ReleaseForOrders } from '../use-cases/release-for-orders.js';
import { ReserveForOrders } from '../use-cases/reserve-for-orders.js';
import { Restock } from '../use-cases/restock.js';
import { ViewStock } from '../use-cases/view-stock.js';
import { CollectingOutbox } from './collecting-outbox.js';
import { received } from './received.js';

/** An order and what it wants. */
export interface Wanted {
  readonly orderId: string;
  readonly items: { sku: string; quantity: number }[];
}

/** The inventory service's use cases on a real database, without a broker. */
export class InventoryHarness {
  private constructor(
    private readonly module: TestingModule,
    readonly outbox: CollectingOutbox,
    private readonly drop: () => Promise<void>,
  ) {}

  static async start(): Promise<InventoryHarness> {
    const own = await createTestDatabase('inventory');
    const outbox = new CollectingOutbox();
    const module = await Test.createTestingModule({
      imports: [
        DatabaseModule.forRoot({
          serverUrl: testDatabaseServer(),
          database: new URL(own.url).pathname.slice(1),
          entities: [ProductEntity],
          migrations: [CreateInventory1795600000300],
        }),
      ],
      providers: [
        CommitForOrders,
        ListProducts,
        PublishCatalogue,
        ReleaseForOrders,
        ReservationRepository,
        ReserveForOrders,
        Restock,
        ViewStock,
        { provide: Outbox, useValue: outbox },
      ],
    }).compile();
    await module.init();
    return new InventoryHarness(module, outbox, () => own.drop());
  }

  async stop(): Promise<void> {
    await this.module.close();
    await this.drop();
  }

  publish(products: readonly InitialProduct[]): Promise<void> {
    return this.module.get(PublishCatalogue).execute(products);
  }

  reserve(...orders: readonly Wanted[]): Promise<void> {
    const commands = orders.map((order) => received(ReserveStock, order));
    return this.batch((tx) => this.module.get(ReserveForOrders).execute(commands, tx));
  }

  release(...orderIds: readonly string[]): Promise<void> {
    const commands = orderIds.map((orderId) => received(ReleaseStock, { orderId, reason: 'Cancelled' }));
    return this.batch((tx) => this.module.get(ReleaseForOrders).execute(commands, tx));
  }

  commit(...orderIds: readonly string[]): Promise<void> {
    const commands = orderIds.map((orderId) => received(CommitReservation, { orderId }));
    return this.batch((tx) => this.module.get(CommitForOrders).execute(commands, tx));
  }

  /** What the consumer does with a batch: lock what the handlers declare, then handle. */
  private batch(handle: (tx: Transaction) => Promise<void>): Promise<void> {
    const database = this.module.get(Database);
    return database.transaction(async (tx) => {
      await database.lockRows(tx, [STOCK_BOOK]);
      await handle(tx);
    });
  }

  restock(sku: string, quantity: number): Promise<StockLevel> {
    return this.module.get(Restock).execute(sku, quantity);
  }

  stock(sku: string): Promise<StockLevel> {
    return this.module.get(ViewStock).of(sku);
  }

  products(): Promise<ProductEntity[]> {
    return this.module.get(ListProducts).all();
  }
}
