import { Inject, Injectable } from '@nestjs/common';
import { Database } from '@waybill/database';
import { Sweeper } from '@waybill/observability';

import { HTTP_IDEMPOTENCY_OPTIONS } from './http-idempotency-options.js';
import type { CheckedHttpIdempotencyOptions } from './http-idempotency-options.js';
import { DELETE_EXPIRED_ANSWERS } from './sql/delete-expired-answers.js';

/** Deletes answers that are older than the window. */
@Injectable()
export class AnswerSweeper extends Sweeper {
  constructor(
    database: Database,
    @Inject(HTTP_IDEMPOTENCY_OPTIONS) { retentionMs, sweepIntervalMs }: CheckedHttpIdempotencyOptions,
  ) {
    super({
      work: 'sweep the answers to idempotent requests',
      sweepSome: async (most) => (await database.query(DELETE_EXPIRED_ANSWERS, [retentionMs, most])).length,
      intervalMs: sweepIntervalMs,
    });
  }
}
