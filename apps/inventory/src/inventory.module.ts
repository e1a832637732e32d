import { Module } from '@nestjs/common';
import type { DynamicModule } from '@nestjs/common';
import {
  CataloguePublished,
  CommitReservation,
  ProductListed,
  PublishCatalogue as PublishCatalogueCommand,
  ReleaseStock,
  ReserveStock,
  StockCommitted,
  StockRejected,
  StockReleased,
  StockReserved,
  topics,
} from '@waybill/contracts';
import { ServiceModule } from '@waybill/service';
import type { ServiceOptions } from '@waybill/service';

import { AdminCatalogueController } from './http/admin-catalogue.controller.js';
import { ProductController } from './http/product.controller.js';
import { StockController } from './http/stock.controller.js';
import { translateError } from './http/translate-error.js';
import { readInventoryConfig } from './inventory.config.js';
import type { InventoryConfig } from './inventory.config.js';
import { CatalogueRequestsController } from './messaging/catalogue-requests.controller.js';
import { InventoryCommandsController } from './messaging/inventory-commands.controller.js';
import { CreateInventory1795600000300 } from './persistence/migrations/create-inventory.js';
import { WidenRevisions1796200000300 } from './persistence/migrations/widen-revisions.js';
import { ProductEntity } from './persistence/product.entity.js';
import { ReservationRepository } from './persistence/reservation.repository.postgres.js';
import { CommitForOrders } from './use-cases/commit-for-orders.js';
import { ListProducts } from './use-cases/list-products.js';
import { PublishCatalogue } from './use-cases/publish-catalogue.js';
import { PublishInitialCatalogue } from './use-cases/publish-initial-catalogue.js';
import { ReleaseForOrders } from './use-cases/release-for-orders.js';
import { ReserveForOrders } from './use-cases/reserve-for-orders.js';
import { Restock } from './use-cases/restock.js';
import { ViewStock } from './use-cases/view-stock.js';

/** The inventory service. */
@Module({})
export class InventoryModule {
  static readonly readConfig = readInventoryConfig;

  static readonly service: ServiceOptions = {
    name: 'inventory',
    description: 'Owns the catalogue and the stock',
    topics: [topics.inventoryCommands, topics.inventoryEvents, topics.catalogue],
    handles: [CommitReservation, PublishCatalogueCommand, ReleaseStock, ReserveStock],
    sends: [CataloguePublished, ProductListed, StockCommitted, StockRejected, StockReleased, StockReserved],
    entities: [ProductEntity],
    migrations: [CreateInventory1795600000300, WidenRevisions1796200000300],
    operatorsPaths: ['/stock/:sku/restock'],
    translateError,
  };

  static forRoot(config: InventoryConfig): DynamicModule {
    return {
      module: InventoryModule,
      imports: [ServiceModule.forRoot(InventoryModule.service, config)],
      controllers: [
        AdminCatalogueController,
        ProductController,
        StockController,
        CatalogueRequestsController,
        InventoryCommandsController,
      ],
      providers: [
        CommitForOrders,
        ListProducts,
        PublishCatalogue,
        PublishInitialCatalogue,
        ReleaseForOrders,
        ReservationRepository,
        ReserveForOrders,
        Restock,
        ViewStock,
      ],
    };
  }
}
