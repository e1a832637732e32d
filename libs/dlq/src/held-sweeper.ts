import { Inject, Injectable } from '@nestjs/common';
import { Database } from '@waybill/database';
import { Sweeper } from '@waybill/observability';

import { sweepHeld, sweepRuns } from './sql/sweep-held.js';
import { DEAD_LETTER_OPTIONS, DEFAULT_RETENTION_MS } from './tokens.js';
import type { DeadLetterOptions } from './tokens.js';

const DEFAULT_INTERVAL_MS = 60_000;

/** Forgets handled and discarded messages, with their audit, after the retention. What is dead, or waits, is never swept. */
@Injectable()
export class HeldSweeper extends Sweeper {
  constructor(database: Database, @Inject(DEAD_LETTER_OPTIONS) options: DeadLetterOptions) {
    const { group, retentionMs = DEFAULT_RETENTION_MS, sweepIntervalMs = DEFAULT_INTERVAL_MS } = options;
    super({
      work: 'sweep held messages',
      sweepSome: async (most) => {
        const swept = await database.query(sweepHeld, [group, retentionMs, most]);
        if (swept.length < most) await database.query(sweepRuns, [group, retentionMs]);
        return swept.length;
      },
      intervalMs: sweepIntervalMs,
    });
  }
}
