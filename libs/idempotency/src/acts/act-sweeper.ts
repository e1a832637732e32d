import { Inject, Injectable } from '@nestjs/common';
import { Database } from '@waybill/database';
import { Sweeper } from '@waybill/observability';

import { sweepActs } from './sql/statements.js';

const SWEEP_INTERVAL_MS = 3_600_000;

/** How long acts are kept, in milliseconds. */
export const AUDIT_RETENTION_MS = Symbol('waybill:audit-retention-ms');

/** Forgets what was done long ago. */
@Injectable()
export class ActSweeper extends Sweeper {
  constructor(database: Database, @Inject(AUDIT_RETENTION_MS) retentionMs: number) {
    super({
      work: 'sweep the audit',
      sweepSome: async (most) => (await database.query(sweepActs, [retentionMs, most])).length,
      intervalMs: SWEEP_INTERVAL_MS,
    });
  }
}
