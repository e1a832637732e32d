import { Module } from '@nestjs/common';
import type { DynamicModule, ModuleMetadata, Type } from '@nestjs/common';
import { FAILURE_STORE } from '@waybill/messaging';

import { DeadLetterMonitor } from './dead-letter-monitor.js';
import { DeadLetterStore } from './dead-letter-store.js';
import { DeadLetters } from './dead-letters.js';
import { HeldMessages } from './held-messages.js';
import { PayloadKeeper } from './payload-keeper.js';
import { DEAD_LETTER_OPTIONS, DEAD_LETTER_SINK } from './tokens.js';
import type { DeadLetterOptions, DeadLetterSink } from './tokens.js';

export interface DeadLetterModuleOptions extends DeadLetterOptions {
  /** Where the mirror of dead letters goes; an injectable class, normally `Outbox`. */
  readonly sink: Type<DeadLetterSink>;
  /** Modules that provide the sink, where it isn't global. */
  readonly imports?: ModuleMetadata['imports'];
}

/**
 * Binds the failure store of `@waybill/messaging` and runs delayed attempts. Needs `Database`, the inbox (INBOX) and
 * the consumer's HELD_MESSAGE_RUNNER, which MessagingModule provides, and {@link deadLetterMigrations}.
 */
@Module({})
export class DeadLetterModule {
  static forRoot({ sink, imports = [], ...options }: DeadLetterModuleOptions): DynamicModule {
    return {
      module: DeadLetterModule,
      global: true,
      imports,
      providers: [
        { provide: DEAD_LETTER_OPTIONS, useValue: options },
        { provide: DEAD_LETTER_SINK, useExisting: sink },
        DeadLetterStore,
        HeldMessages,
        PayloadKeeper,
        DeadLetters,
        DeadLetterMonitor,
        { provide: FAILURE_STORE, useExisting: DeadLetterStore },
      ],
      exports: [DeadLetterStore, DeadLetters, HeldMessages, FAILURE_STORE],
    };
  }
}
