import { Module } from '@nestjs/common';
import type { DynamicModule } from '@nestjs/common';
import { INBOX } from '@waybill/messaging';

import { INBOX_OPTIONS, InboxSweeper } from './inbox-sweeper.js';
import type { InboxOptions } from './inbox-sweeper.js';
import { PostgresInbox } from './postgres-inbox.js';

/** Provides {@link PostgresInbox}, binds it as the consumer's INBOX and sweeps it. Needs DatabaseModule. */
@Module({})
export class InboxModule {
  /** @throws RangeError when a duration isn't a positive whole number. */
  static forRoot(options: InboxOptions = {}): DynamicModule {
    for (const [name, value] of Object.entries(options)) {
      if (value !== undefined && !(Number.isSafeInteger(value) && value > 0)) {
        throw new RangeError(
          `InboxModule: ${name} must be a positive whole number of milliseconds, not ${String(value)}`,
        );
      }
    }
    return {
      module: InboxModule,
      global: true,
      providers: [
        PostgresInbox,
        InboxSweeper,
        { provide: INBOX_OPTIONS, useValue: options },
        { provide: INBOX, useExisting: PostgresInbox },
      ],
      exports: [PostgresInbox, INBOX],
    };
  }
}
