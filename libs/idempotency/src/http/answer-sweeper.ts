import { Inject, Injectable, Logger } from '@nestjs/common';
import type { OnApplicationBootstrap, OnModuleDestroy } from '@nestjs/common';
import { Database } from '@waybill/database';

import { HTTP_IDEMPOTENCY_OPTIONS } from './http-idempotency-options.js';
import type { CheckedHttpIdempotencyOptions } from './http-idempotency-options.js';
import { DELETE_EXPIRED_ANSWERS } from './sql/delete-expired-answers.js';

const BATCH = 1000;

/** Deletes answers that are older than the window, in small batches. Any number of replicas may sweep at once. */
@Injectable()
export class AnswerSweeper implements OnApplicationBootstrap, OnModuleDestroy {
  readonly #logger = new Logger('HttpIdempotency');
  #timer: NodeJS.Timeout | undefined;
  #stopping = false;
  #running: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly database: Database,
    @Inject(HTTP_IDEMPOTENCY_OPTIONS) private readonly options: CheckedHttpIdempotencyOptions,
  ) {}

  onApplicationBootstrap(): void {
    this.#timer = setInterval(() => {
      // A sweep that fails is made up for by the next one; it must not end the process.
      this.#running = this.sweep().catch((error: unknown) => this.#logger.warn('Sweep failed', { error }));
    }, this.options.sweepIntervalMs).unref();
  }

  /** @returns how many answers were deleted. */
  async sweep(): Promise<number> {
    let total = 0;
    for (let deleted = BATCH; deleted === BATCH && !this.#stopping; total += deleted) {
      deleted = (await this.database.query(DELETE_EXPIRED_ANSWERS, [this.options.retentionMs, BATCH])).length;
    }
    return total;
  }

  async onModuleDestroy(): Promise<void> {
    this.#stopping = true;
    clearInterval(this.#timer);
    await this.#running;
  }
}
