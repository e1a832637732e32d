import { Module } from '@nestjs/common';
import type { DynamicModule } from '@nestjs/common';
import { INBOX, LANE_LEDGER } from '@waybill/messaging';
import { assertNoFaults, optionFaults } from '@waybill/observability';

import { PostgresLaneLedger } from '../lanes/postgres-lane-ledger.js';
import { INBOX_OPTIONS } from './inbox-options.js';
import type { InboxOptions } from './inbox-options.js';
import { InboxSweeper } from './inbox-sweeper.js';
import { PostgresInbox } from './postgres-inbox.js';

/** Provides {@link PostgresInbox}, binds it as the consumer's INBOX and sweeps it, and {@link PostgresLaneLedger} as its LANE_LEDGER. Needs DatabaseModule. */
@Module({})
export class InboxModule {
  /** @throws ConfigError listing every option that can't be used. */
  static forRoot(options: InboxOptions = {}): DynamicModule {
    const any = [1, Number.MAX_SAFE_INTEGER] as const;
    assertNoFaults(optionFaults('InboxModule.', options, { windowMs: any, sweepIntervalMs: any }));
    return {
      module: InboxModule,
      global: true,
      providers: [
        PostgresInbox,
        PostgresLaneLedger,
        InboxSweeper,
        { provide: INBOX_OPTIONS, useValue: options },
        { provide: INBOX, useExisting: PostgresInbox },
        { provide: LANE_LEDGER, useExisting: PostgresLaneLedger },
      ],
      exports: [PostgresInbox, INBOX, LANE_LEDGER],
    };
  }
}
