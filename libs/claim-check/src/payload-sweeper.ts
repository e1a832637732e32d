import { setTimeout as sleep } from 'node:timers/promises';

import { Inject, Injectable, Logger, Optional } from '@nestjs/common';
import type { OnApplicationBootstrap, OnApplicationShutdown, OnModuleDestroy } from '@nestjs/common';
import { CLAIM_CHECK } from '@waybill/messaging';
import type { ClaimCheck } from '@waybill/messaging';

import type { ClaimCheckSettings } from './claim-check-options.js';
import { CLAIM_CHECK_SETTINGS } from './tokens.js';

const PAYLOADS_AT_ONCE = 200;

/** Deletes payloads after their time, few at once. Every service does so; they don't disturb each other. Closes the store. */
@Injectable()
export class PayloadSweeper implements OnApplicationBootstrap, OnModuleDestroy, OnApplicationShutdown {
  readonly #logger = new Logger(PayloadSweeper.name);
  readonly #stopped = new AbortController();
  #sweeping: Promise<void> | undefined;

  constructor(
    @Optional() @Inject(CLAIM_CHECK) private readonly claimCheck: ClaimCheck | undefined,
    @Inject(CLAIM_CHECK_SETTINGS) private readonly settings: ClaimCheckSettings,
  ) {}

  onApplicationBootstrap(): void {
    if (this.claimCheck) this.#sweeping = this.#sweep(this.claimCheck);
  }

  async onModuleDestroy(): Promise<void> {
    this.#stopped.abort();
    await this.#sweeping;
  }

  /** After the consumer and the relay have used it for the last time. */
  async onApplicationShutdown(): Promise<void> {
    await this.claimCheck?.store.close();
  }

  async #sweep({ store, retentionMs }: ClaimCheck): Promise<void> {
    const { signal } = this.#stopped;
    while (!signal.aborted) {
      const pauseMs = this.settings.sweepIntervalMs * (0.75 + Math.random() / 2); // not all services at once
      await sleep(pauseMs, undefined, { signal, ref: false }).catch(() => {}); // aborted: the loop ends
      try {
        while (!signal.aborted && (await store.sweep(retentionMs, PAYLOADS_AT_ONCE)) === PAYLOADS_AT_ONCE);
      } catch (error) {
        this.#logger.warn({ message: 'The payload store was not swept; tried again later', error: String(error) });
      }
    }
  }
}
