import { Inject, Injectable, Module } from '@nestjs/common';
import type { DynamicModule, OnApplicationBootstrap, OnApplicationShutdown } from '@nestjs/common';
import { Database } from '@waybill/database';
import { BROKER, CLAIM_CHECK, OUTBOX_LIMITS } from '@waybill/messaging';
import type { Broker, ClaimCheck, OutboxLimits } from '@waybill/messaging';
import { Metrics } from '@waybill/observability';

import { countPublished } from './count-published.js';
import { Notifier } from './notifier.js';
import { OutboxBacklog } from './outbox-backlog.js';
import { OutboxMonitor } from './outbox-monitor.js';
import { resolveOptions } from './outbox-options.js';
import type { OutboxOptions, OutboxSettings } from './outbox-options.js';
import type { CommittedRows } from './outbox-row.js';
import { Outbox } from './outbox.js';
import { RefusedRows } from './refused-rows.js';
import { OutboxRelay } from './relay/relay.js';
import { COMMITTED_ROWS, OUTBOX_SETTINGS } from './tokens.js';

/** Publishes once the application is up, and until after the last transaction of consumers and HTTP has ended. */
@Injectable()
class RelayLifecycle implements OnApplicationBootstrap, OnApplicationShutdown {
  constructor(@Inject(COMMITTED_ROWS) private readonly rows: CommittedRows) {}

  onApplicationBootstrap(): void {
    if (this.rows instanceof OutboxRelay) this.rows.start();
  }

  async onApplicationShutdown(): Promise<void> {
    if (this.rows instanceof OutboxRelay) await this.rows.stop();
    else if (this.rows instanceof Notifier) this.rows.stop();
  }
}

/**
 * Gives the application its {@link Outbox} and, unless `relay: false`, an {@link OutboxRelay} beside it. Needs `Database` and,
 * for the relay, `BROKER`. Import it after MessagingModule: Nest shuts modules down in reverse, and the relay publishes what is
 * left before the broker's connections close. A process that imports it and never calls `add` is a relay alone.
 */
@Module({})
export class OutboxModule {
  /** @throws ConfigError listing every option that can't be used. */
  static forRoot(options: OutboxOptions): DynamicModule {
    const settings = resolveOptions(options);
    return {
      module: OutboxModule,
      global: true,
      providers: [
        { provide: OUTBOX_SETTINGS, useValue: settings },
        { provide: OUTBOX_LIMITS, useValue: limitsOf(settings) },
        settings.relay ? relayProvider(settings, settings.relay) : notifierProvider(settings),
        Outbox,
        OutboxBacklog,
        OutboxMonitor,
        RefusedRows,
        RelayLifecycle,
        ...(settings.relay ? [{ provide: OutboxRelay, useExisting: COMMITTED_ROWS }] : []),
      ],
      exports: [
        OUTBOX_SETTINGS,
        OUTBOX_LIMITS,
        Outbox,
        OutboxBacklog,
        RefusedRows,
        ...(settings.relay ? [OutboxRelay] : []),
      ],
    };
  }
}

function limitsOf({ relay, maxMessageBytes }: OutboxSettings): OutboxLimits {
  return { retentionMs: relay?.retentionMs, maxMessageBytes };
}

function relayProvider(settings: OutboxSettings, relay: NonNullable<OutboxSettings['relay']>) {
  return {
    provide: COMMITTED_ROWS,
    inject: [Database, BROKER, { token: CLAIM_CHECK, optional: true }, { token: Metrics, optional: true }],
    useFactory: (database: Database, broker: Broker, claimCheck?: ClaimCheck, metrics?: Metrics) =>
      new OutboxRelay(settings, relay, database, metrics ? countPublished(broker, metrics) : broker, claimCheck),
  };
}

function notifierProvider(settings: OutboxSettings) {
  return {
    provide: COMMITTED_ROWS,
    inject: [Database],
    useFactory: (database: Database) => new Notifier(database, settings.notifyIntervalMs, settings.source),
  };
}
