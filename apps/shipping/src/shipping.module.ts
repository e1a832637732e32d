import { Module } from '@nestjs/common';
import type { DynamicModule } from '@nestjs/common';
import { ClaimCheckModule } from '@waybill/claim-check';
import { CancelShipment, CreateShipment, topics } from '@waybill/contracts';
import { Database, DatabaseModule, PostgresIncidents } from '@waybill/database';
import { DeadLetterAdminModule, DeadLetterModule, deadLetterTopic } from '@waybill/dlq';
import { HealthModule } from '@waybill/http';
import { InboxModule } from '@waybill/idempotency';
import { kafkaBroker } from '@waybill/kafka';
import { MessagingAdminModule, MessagingModule, UNIT_OF_WORK } from '@waybill/messaging';
import { MetricsModule, MonitorModule } from '@waybill/observability';
import { Outbox, OutboxAdminModule, OutboxModule } from '@waybill/outbox';

import { CARRIER } from './gateway/carrier.js';
import { CarrierSimulator } from './gateway/simulator/carrier.simulator.js';
import { Readiness } from './http/readiness.js';
import { ShipmentController } from './http/shipment.controller.js';
import { ShippingCommandsController } from './messaging/shipping-commands.controller.js';
import { ShipmentEntity } from './persistence/shipment.entity.js';
import { ShipmentRepository } from './persistence/shipment.repository.postgres.js';
import { shippingMigrations } from './persistence/shipping-migrations.js';
import type { ShippingConfig } from './shipping.config.js';
import { CancelShipments } from './use-cases/cancel-shipments.js';
import { CreateShipments } from './use-cases/create-shipments.js';
import { ListShipments } from './use-cases/list-shipments.js';

const GROUP = 'shipping';
const TOPICS = [topics.shippingCommands, topics.shippingEvents, deadLetterTopic(GROUP)];

/** The shipping service: what binds its ports to adapters. Modules shut down in reverse: first those further down. */
@Module({})
export class ShippingModule {
  static forRoot(config: ShippingConfig): DynamicModule {
    return {
      module: ShippingModule,
      imports: [
        HealthModule,
        MetricsModule.forRoot(),
        DatabaseModule.forRoot({
          serverUrl: config.databaseUrl,
          database: config.database,
          entities: [ShipmentEntity],
          migrations: shippingMigrations,
          poolSize: config.databasePoolSize,
          applicationName: 'shipping',
        }),
        ClaimCheckModule.forRoot({
          url: config.claimCheckUrl,
          thresholdBytes: config.claimCheckThresholdBytes,
          retentionMs: config.claimCheckRetentionMs,
        }),
        MessagingModule.forRoot({
          service: 'shipping',
          group: GROUP,
          broker: kafkaBroker({ brokers: config.kafkaBrokers, clientId: 'shipping', topicPrefix: config.kafkaPrefix }),
          topics: TOPICS,
          topicPartitions: config.topicPartitions,
          topicRetentionMs: config.topicRetentionMs,
          retention: {
            inboxWindowMs: config.inboxWindowMs,
            outboxMs: config.outboxRetentionMs,
            deadLettersMs: config.deadLetterRetentionMs,
          },
          handles: [CancelShipment, CreateShipment],
        }),
        MessagingAdminModule,
        MonitorModule.forRoot({ service: 'shipping', config, incidents: PostgresIncidents }),
        OutboxModule.forRoot({ source: '/shipping', topics: TOPICS, relay: { retentionMs: config.outboxRetentionMs } }),
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
      controllers: [ShipmentController, ShippingCommandsController],
      providers: [
        { provide: UNIT_OF_WORK, useExisting: Database },
        {
          provide: CARRIER,
          useFactory: () => CarrierSimulator.open(config.databaseUrl, config.carrierDatabase),
        },
        CancelShipments,
        CreateShipments,
        ListShipments,
        Readiness,
        ShipmentRepository,
      ],
    };
  }
}
