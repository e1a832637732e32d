import { Inject, Injectable } from '@nestjs/common';
import { Sweeper } from '@waybill/observability';

import { PostgresInbox } from './postgres-inbox.js';

export interface InboxOptions {
  /**
   * How long a message is remembered, in milliseconds: at least as long as anything can redeliver it.
   * @default 1296000000 (15 days: retention and segments of 7 days each, and an outage of one)
   */
  readonly windowMs?: number;
  /** Time between two sweeps, in milliseconds. @default 60000 */
  readonly sweepIntervalMs?: number;
}

export const INBOX_OPTIONS = Symbol('waybill:inbox-options');

const DEFAULT_WINDOW_MS = 15 * 24 * 3_600_000;

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
