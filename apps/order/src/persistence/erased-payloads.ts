import { Inject, Injectable, Optional } from '@nestjs/common';
import type { OnApplicationBootstrap, OnApplicationShutdown } from '@nestjs/common';
import { askPayloadStore, CLAIM_CHECK } from '@waybill/messaging';
import type { ClaimCheck } from '@waybill/messaging';
import { BackgroundLoop } from '@waybill/observability';

import { Erasures } from './erasures.postgres.js';

/** It is woken where orders are erased; this finds what a process that died left. */
const INTERVAL_MS = 600_000;
const ORDERS_AT_ONCE = 100;

/** Deletes the large payloads of erased orders' messages from the store, beside all transactions. A store that is down is asked again. */
@Injectable()
export class ErasedPayloads implements OnApplicationBootstrap, OnApplicationShutdown {
  readonly #loop = new BackgroundLoop({
    work: 'delete the payloads of erased orders',
    step: (stopping) => this.#step(stopping),
    intervalMs: INTERVAL_MS,
  });

  constructor(
    private readonly erasures: Erasures,
    @Optional() @Inject(CLAIM_CHECK) private readonly claimCheck?: ClaimCheck,
  ) {}

  onApplicationBootstrap(): void {
    this.#loop.start();
  }

  /** Orders were erased just now. */
  wake(): void {
    this.#loop.wake();
  }

  onApplicationShutdown(): Promise<void> {
    return this.#loop.stop();
  }

  async #step(stopping: AbortSignal): Promise<void> {
    while (!stopping.aborted) {
      const payloads = await this.erasures.nextPayloads(ORDERS_AT_ONCE);
      if (payloads.size === 0) return;
      const ids = [...payloads.values()].flat();
      const { claimCheck } = this;
      if (claimCheck) await askPayloadStore(() => claimCheck.store.remove(ids));
      await this.erasures.payloadsRemoved([...payloads.keys()]);
    }
  }
}
