import { Module } from '@nestjs/common';
import type { DynamicModule } from '@nestjs/common';
import { ClaimCheckModule } from '@waybill/claim-check';
import { allContracts } from '@waybill/contracts';
import { Database, DatabaseModule, databaseUrl, PostgresIncidents } from '@waybill/database';
import { DeadLetterAdminModule, DeadLetterModule, deadLetterTopic } from '@waybill/dlq';
import { HealthModule } from '@waybill/http';
import { HttpIdempotencyModule, InboxModule } from '@waybill/idempotency';
import { kafkaBroker } from '@waybill/kafka';
import { MessagingAdminModule, MessagingModule, UNIT_OF_WORK } from '@waybill/messaging';
import { MetricsModule, MonitorModule } from '@waybill/observability';
import { Outbox, OutboxAdminModule, OutboxModule } from '@waybill/outbox';

import { Readiness } from './http/readiness.js';
import { CatalogueController } from './messaging/catalogue.controller.js';
import { InventoryRepliesController } from './messaging/inventory-replies.controller.js';
import { PaymentRepliesController } from './messaging/payment-replies.controller.js';
import { ShippingRepliesController } from './messaging/shipping-replies.controller.js';
import { orderTopics } from './messaging/topics.js';
import { OrderCoreModule } from './order-core.module.js';
import { OrderHttpModule } from './order-http.module.js';
import type { OrderConfig } from './order.config.js';
import { ENDED_ORDERS_OPTIONS, EndedOrdersChannel } from './persistence/ended-orders.channel.js';
import { orderMigrations } from './persistence/order-migrations.js';
import { OrderEntity } from './persistence/order.entity.js';

const GROUP = 'order';
const topics = [...orderTopics, deadLetterTopic(GROUP)];
const handled = allContracts.filter(({ kind }) => kind === 'event');

/** The order service: what is bound to which port, and nothing else. */
@Module({})
export class OrderModule {
  static forRoot(config: OrderConfig): DynamicModule {
    return {
      module: OrderModule,
      imports: [
        MetricsModule.forRoot(),
        HealthModule,
        DatabaseModule.forRoot({
          serverUrl: config.databaseUrl,
          database: config.database,
          entities: [OrderEntity],
          migrations: orderMigrations,
          poolSize: config.databasePoolSize,
          applicationName: 'order',
        }),
        ClaimCheckModule.forRoot({
          url: config.claimCheckUrl,
          thresholdBytes: config.claimCheckThresholdBytes,
          retentionMs: config.claimCheckRetentionMs,
        }),
        MessagingModule.forRoot({
          service: 'order',
          group: GROUP,
          broker: kafkaBroker({ brokers: config.kafkaBrokers, clientId: 'order', topicPrefix: config.kafkaPrefix }),
          topics,
          topicPartitions: config.topicPartitions,
          topicRetentionMs: config.topicRetentionMs,
          retention: {
            inboxWindowMs: config.inboxWindowMs,
            outboxMs: config.outboxRetentionMs,
            deadLettersMs: config.deadLetterRetentionMs,
          },
          handles: handled,
        }),
        MessagingAdminModule,
        MonitorModule.forRoot({ service: 'order', config, incidents: PostgresIncidents }),
        OutboxModule.forRoot({ source: '/order', topics, relay: { retentionMs: config.outboxRetentionMs } }),
        InboxModule.forRoot({ windowMs: config.inboxWindowMs }),
        DeadLetterModule.forRoot({
          group: GROUP,
          sink: Outbox,
          serviceVersion: config.serviceVersion,
          retentionMs: config.deadLetterRetentionMs,
        }),
        DeadLetterAdminModule,
        OutboxAdminModule,
        HttpIdempotencyModule.forRoot(),
        OrderCoreModule.forRoot(config),
        OrderHttpModule,
      ],
      controllers: [
        CatalogueController,
        InventoryRepliesController,
        PaymentRepliesController,
        ShippingRepliesController,
      ],
      providers: [
        EndedOrdersChannel,
        Readiness,
        { provide: ENDED_ORDERS_OPTIONS, useValue: { databaseUrl: databaseUrl(config.databaseUrl, config.database) } },
        { provide: UNIT_OF_WORK, useExisting: Database },
      ],
    };
  }
}
