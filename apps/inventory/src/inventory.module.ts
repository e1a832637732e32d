import { Module } from '@nestjs/common';
import type { DynamicModule } from '@nestjs/common';
import { ClaimCheckModule } from '@waybill/claim-check';
import { CommitReservation, ReleaseStock, ReserveStock, topics } from '@waybill/contracts';
import { Database, DatabaseModule, PostgresIncidents } from '@waybill/database';
import { DeadLetterAdminModule, DeadLetterModule, deadLetterTopic } from '@waybill/dlq';
import { HealthModule } from '@waybill/http';
import { InboxModule } from '@waybill/idempotency';
import { kafkaBroker } from '@waybill/kafka';
import { MessagingAdminModule, MessagingModule, UNIT_OF_WORK } from '@waybill/messaging';
import { MetricsModule, MonitorModule } from '@waybill/observability';
import { Outbox, OutboxAdminModule, OutboxModule } from '@waybill/outbox';

import { ProductController } from './http/product.controller.js';
import { Readiness } from './http/readiness.js';
import { StockController } from './http/stock.controller.js';
import type { InventoryConfig } from './inventory.config.js';
import { InventoryCommandsController } from './messaging/inventory-commands.controller.js';
import { inventoryMigrations } from './persistence/inventory-migrations.js';
import { ProductEntity } from './persistence/product.entity.js';
import { ReservationRepository } from './persistence/reservation.repository.postgres.js';
import { CommitForOrders } from './use-cases/commit-for-orders.js';
import { ListProducts } from './use-cases/list-products.js';
import { PublishCatalogue } from './use-cases/publish-catalogue.js';
import { ReleaseForOrders } from './use-cases/release-for-orders.js';
import { ReserveForOrders } from './use-cases/reserve-for-orders.js';
import { Restock } from './use-cases/restock.js';
import { ViewStock } from './use-cases/view-stock.js';

const GROUP = 'inventory';
const TOPICS = [topics.inventoryCommands, topics.inventoryEvents, topics.catalogue, deadLetterTopic(GROUP)];

/** The inventory service: what binds its ports to adapters. Modules shut down in reverse: first those further down. */
@Module({})
export class InventoryModule {
  static forRoot(config: InventoryConfig): DynamicModule {
    return {
      module: InventoryModule,
      imports: [
        HealthModule,
        MetricsModule.forRoot(),
        DatabaseModule.forRoot({
          serverUrl: config.databaseUrl,
          database: config.database,
          entities: [ProductEntity],
          migrations: inventoryMigrations,
          poolSize: config.databasePoolSize,
          applicationName: 'inventory',
        }),
        ClaimCheckModule.forRoot({
          url: config.claimCheckUrl,
          thresholdBytes: config.claimCheckThresholdBytes,
          retentionMs: config.claimCheckRetentionMs,
        }),
        MessagingModule.forRoot({
          service: 'inventory',
          group: GROUP,
          broker: kafkaBroker({ brokers: config.kafkaBrokers, clientId: 'inventory', topicPrefix: config.kafkaPrefix }),
          topics: TOPICS,
          topicPartitions: config.topicPartitions,
          topicRetentionMs: config.topicRetentionMs,
          retention: {
            inboxWindowMs: config.inboxWindowMs,
            outboxMs: config.outboxRetentionMs,
            deadLettersMs: config.deadLetterRetentionMs,
          },
          handles: [CommitReservation, ReleaseStock, ReserveStock],
        }),
        MessagingAdminModule,
        MonitorModule.forRoot({ service: 'inventory', config, incidents: PostgresIncidents }),
        OutboxModule.forRoot({
          source: '/inventory',
          topics: TOPICS,
          relay: { retentionMs: config.outboxRetentionMs },
        }),
        InboxModule.forRoot({ windowMs: config.inboxWindowMs }),
        DeadLetterModule.forRoot({
          group: GROUP,
          sink: Outbox,
          serviceVersion: config.serviceVersion,
          retentionMs: config.deadLetterRetentionMs,
        }),
        DeadLetterAdminModule,
        OutboxAdminModule,
      ],
      controllers: [ProductController, StockController, InventoryCommandsController],
      providers: [
        { provide: UNIT_OF_WORK, useExisting: Database },
        CommitForOrders,
        ListProducts,
        PublishCatalogue,
        Readiness,
        ReleaseForOrders,
        ReservationRepository,
        ReserveForOrders,
        Restock,
        ViewStock,
      ],
    };
  }
}
