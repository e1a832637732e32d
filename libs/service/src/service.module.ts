import { Module } from '@nestjs/common';
import type { DynamicModule } from '@nestjs/common';
import { ClaimCheckModule } from '@waybill/claim-check';
import { Database, DatabaseModule, PostgresIncidents } from '@waybill/database';
import { DeadLetterAdminModule, deadLetterContract, DeadLetterModule, deadLetterTopic } from '@waybill/dlq';
import { HealthModule } from '@waybill/http';
import {
  AuditModule,
  HttpIdempotencyModule,
  InboxAdminModule,
  InboxModule,
  LaneAdminModule,
} from '@waybill/idempotency';
import { MessagingAdminModule, MessagingModule, UNIT_OF_WORK } from '@waybill/messaging';
import { MetricsModule, MonitorModule } from '@waybill/observability';
import { Outbox, OutboxAdminModule, OutboxModule } from '@waybill/outbox';

import { AsyncApiModule } from './asyncapi/asyncapi.module.js';
import { namePrefix, openBroker } from './broker-config.js';
import { allMigrations } from './migrate-service.js';
import { Readiness } from './readiness.js';
import type { ServiceConfig } from './service-config.js';
import type { ServiceOptions } from './service-options.js';

/**
 * All that a service stands on: database, broker, outbox, inbox, dead letters, claim check, monitor, health. Modules shut down
 * in reverse: first those further down.
 */
@Module({})
export class ServiceModule {
  static forRoot(options: ServiceOptions, config: ServiceConfig): DynamicModule {
    const { name } = options;
    const topics = [...options.topics, deadLetterTopic(name)];
    return {
      module: ServiceModule,
      imports: [
        HealthModule,
        MetricsModule.forRoot(),
        DatabaseModule.forRoot({
          serverUrl: config.databaseUrl,
          database: config.database,
          entities: options.entities,
          migrations: allMigrations(options),
          poolSize: config.databasePoolSize,
          applicationName: name,
        }),
        ClaimCheckModule.forRoot({
          url: config.claimCheckUrl,
          thresholdBytes: config.claimCheckThresholdBytes,
          retentionMs: config.claimCheckRetentionMs,
        }),
        MessagingModule.forRoot({
          service: name,
          group: name,
          broker: openBroker(name, config),
          topics,
          topicPartitions: config.topicPartitions,
          topicRetentionMs: config.topicRetentionMs,
          retention: {},
          handles: options.handles,
          callTimeoutMs: config.callTimeoutMs,
          stillAfterMs: config.alertLaneStillMs, // what the alert speaks of is what readiness and doctor name
        }),
        MessagingAdminModule,
        LaneAdminModule,
        MonitorModule.forRoot({ service: name, config, incidents: PostgresIncidents }),
        OutboxModule.forRoot({
          source: `/${name}`,
          topics,
          contracts: [...(options.sends ?? []), deadLetterContract(name)],
          maxMessageBytes: config.outboxMaxMessageBytes,
          relay: { retentionMs: config.outboxRetentionMs },
        }),
        InboxModule.forRoot({ windowMs: config.inboxWindowMs }),
        InboxAdminModule.forRoot({ group: name }),
        DeadLetterModule.forRoot({
          group: name,
          park: options.deadLettersHoldKeys ?? true,
          sink: Outbox,
          serviceVersion: config.serviceVersion,
          retentionMs: config.deadLetterRetentionMs,
        }),
        DeadLetterAdminModule,
        OutboxAdminModule,
        HttpIdempotencyModule.forRoot(),
        AuditModule.forRoot({ retentionMs: config.auditRetentionMs }),
        AsyncApiModule.forRoot(options, { version: config.serviceVersion, prefix: namePrefix(config) }),
      ],
      providers: [Readiness, { provide: UNIT_OF_WORK, useExisting: Database }],
    };
  }
}
