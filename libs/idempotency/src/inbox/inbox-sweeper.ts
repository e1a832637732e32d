import { Inject, Injectable } from '@nestjs/common';
import { Sweeper } from '@waybill/observability';

import { DEFAULT_WINDOW_MS, INBOX_OPTIONS } from './inbox-options.js';
import type { InboxOptions } from './inbox-options.js';
import { PostgresInbox } from './postgres-inbox.js';

/** Forgets what lies outside the window. */
@Injectable()
export class InboxSweeper extends Sweeper {
  constructor(
    @Inject(PostgresInbox) inbox: PostgresInbox,
    @Inject(INBOX_OPTIONS) { windowMs = DEFAULT_WINDOW_MS, sweepIntervalMs = 60_000 }: InboxOptions,
  ) {
    super({
      work: 'sweep the inbox',
      sweepSome: (most) => inbox.sweep(windowMs, most),
      intervalMs: sweepIntervalMs,
    });
  }
}
