import { Module } from '@nestjs/common';
import type { DynamicModule, ModuleMetadata, Type } from '@nestjs/common';
import { CRASH_MARKERS, FAILURE_STORE } from '@waybill/messaging';
import { assertNoFaults, optionFaults } from '@waybill/observability';

import { DeadLetterMonitor } from './dead-letter-monitor.js';
import { DeadLetterStore } from './dead-letter-store.js';
import { DeadLetters } from './dead-letters.js';
import { Discards } from './discards.js';
import { DueMessages } from './due-messages.js';
import { HeldSweeper } from './held-sweeper.js';
import { LetterEdits } from './letter-edits.js';
import { LetterErasure } from './letter-erasure.js';
import { LettersByReason } from './letters-by-reason.js';
import { ParkedKeys } from './parked-keys.js';
import { PayloadKeeper } from './payload-keeper.js';
import { PostgresCrashMarkers } from './postgres-crash-markers.js';
import { ReplayRuns } from './replay-runs.js';
import { Replays } from './replays.js';
import { DEAD_LETTER_OPTIONS, DEAD_LETTER_SINK } from './tokens.js';
import type { DeadLetterOptions, DeadLetterSink } from './tokens.js';

export interface DeadLetterModuleOptions extends DeadLetterOptions {
  /** Where the mirror of dead letters goes; an injectable class, normally `Outbox`. */
  readonly sink: Type<DeadLetterSink>;
  /** Modules that provide the sink, where it isn't global. */
  readonly imports?: ModuleMetadata['imports'];
}

const DAY_MS = 86_400_000;
const RANGES = {
  pollIntervalMs: [1, 3_600_000],
  retentionMs: [0, 3_650 * DAY_MS],
  sweepIntervalMs: [1, DAY_MS],
} as const;

/**
 * Binds the failure store and the crash markers of `@waybill/messaging` and runs delayed attempts. Needs `Database`, the inbox (INBOX) and
 * the consumer's HELD_MESSAGE_RUNNER, which MessagingModule provides, and {@link deadLetterMigrations}.
 */
@Module({})
export class DeadLetterModule {
  /** @throws ConfigError listing every option that can't be used. */
  static forRoot({ sink, imports = [], ...options }: DeadLetterModuleOptions): DynamicModule {
    assertNoFaults(optionFaults('DeadLetterModule.', options, RANGES));
    const operators = [
      DeadLetters,
      Discards,
      LetterEdits,
      LetterErasure,
      LettersByReason,
      ParkedKeys,
      ReplayRuns,
      Replays,
    ];
    return {
      module: DeadLetterModule,
      global: true,
      imports,
      providers: [
        { provide: DEAD_LETTER_OPTIONS, useValue: options },
        { provide: DEAD_LETTER_SINK, useExisting: sink },
        DeadLetterStore,
        DueMessages,
        PayloadKeeper,
        DeadLetterMonitor,
        HeldSweeper,
        ...operators,
        PostgresCrashMarkers,
        { provide: FAILURE_STORE, useExisting: DeadLetterStore },
        { provide: CRASH_MARKERS, useExisting: PostgresCrashMarkers },
      ],
      exports: [DeadLetterStore, DueMessages, FAILURE_STORE, CRASH_MARKERS, ...operators],
    };
  }
}
