import { Module } from '@nestjs/common';
import type { DynamicModule } from '@nestjs/common';
import { ClaimCheckModule } from '@waybill/claim-check';
import { ProcessPayment, RefundPayment, topics } from '@waybill/contracts';
import { Database, DatabaseModule, PostgresIncidents } from '@waybill/database';
import { DeadLetterAdminModule, DeadLetterModule, deadLetterTopic } from '@waybill/dlq';
import { HealthModule } from '@waybill/http';
import { InboxModule } from '@waybill/idempotency';
import { kafkaBroker } from '@waybill/kafka';
import { MessagingAdminModule, MessagingModule, UNIT_OF_WORK } from '@waybill/messaging';
import { MetricsModule, MonitorModule } from '@waybill/observability';
import { Outbox, OutboxAdminModule, OutboxModule } from '@waybill/outbox';

import { PAYMENT_GATEWAY } from './gateway/payment-gateway.js';
import { PaymentGatewaySimulator } from './gateway/simulator/payment-gateway.simulator.js';
import { PaymentController } from './http/payment.controller.js';
import { Readiness } from './http/readiness.js';
import { PaymentCommandsController } from './messaging/payment-commands.controller.js';
import type { PaymentConfig } from './payment.config.js';
import { paymentMigrations } from './persistence/payment-migrations.js';
import { PaymentEntity } from './persistence/payment.entity.js';
import { PaymentRepository } from './persistence/payment.repository.postgres.js';
import { ListPayments } from './use-cases/list-payments.js';
import { ProcessPayments } from './use-cases/process-payments.js';
import { RefundPayments } from './use-cases/refund-payments.js';

const GROUP = 'payment';
const TOPICS = [topics.paymentCommands, topics.paymentEvents, deadLetterTopic(GROUP)];

/** The payment service: what binds its ports to adapters. Modules shut down in reverse: first those further down. */
@Module({})
export class PaymentModule {
  static forRoot(config: PaymentConfig): DynamicModule {
    return {
      module: PaymentModule,
      imports: [
        HealthModule,
        MetricsModule.forRoot(),
        DatabaseModule.forRoot({
          serverUrl: config.databaseUrl,
          database: config.database,
          entities: [PaymentEntity],
          migrations: paymentMigrations,
          poolSize: config.databasePoolSize,
          applicationName: 'payment',
        }),
        ClaimCheckModule.forRoot({
          url: config.claimCheckUrl,
          thresholdBytes: config.claimCheckThresholdBytes,
          retentionMs: config.claimCheckRetentionMs,
        }),
        MessagingModule.forRoot({
          service: 'payment',
          group: GROUP,
          broker: kafkaBroker({ brokers: config.kafkaBrokers, clientId: 'payment', topicPrefix: config.kafkaPrefix }),
          topics: TOPICS,
          topicPartitions: config.topicPartitions,
          topicRetentionMs: config.topicRetentionMs,
          retention: {
            inboxWindowMs: config.inboxWindowMs,
            outboxMs: config.outboxRetentionMs,
            deadLettersMs: config.deadLetterRetentionMs,
          },
          handles: [ProcessPayment, RefundPayment],
        }),
        MessagingAdminModule,
        MonitorModule.forRoot({ service: 'payment', config, incidents: PostgresIncidents }),
        OutboxModule.forRoot({ source: '/payment', topics: TOPICS, relay: { retentionMs: config.outboxRetentionMs } }),
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
      controllers: [PaymentController, PaymentCommandsController],
      providers: [
        { provide: UNIT_OF_WORK, useExisting: Database },
        {
          provide: PAYMENT_GATEWAY,
          useFactory: () => PaymentGatewaySimulator.open(config.databaseUrl, config.providerDatabase),
        },
        ListPayments,
        PaymentRepository,
        ProcessPayments,
        Readiness,
        RefundPayments,
      ],
    };
  }
}
