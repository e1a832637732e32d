import { Inject, Injectable, Optional } from '@nestjs/common';
import type { OnApplicationShutdown } from '@nestjs/common';
import { CLAIM_CHECK } from '@waybill/messaging';
import type { ClaimCheck } from '@waybill/messaging';
import { Sweeper } from '@waybill/observability';

import type { ClaimCheckSettings } from './claim-check-options.js';
import { CLAIM_CHECK_SETTINGS } from './tokens.js';

const PAYLOADS_AT_ONCE = 200;

/** Deletes payloads after their time. Every service does so; they don't disturb each other. Closes the store. */
@Injectable()
export class PayloadSweeper extends Sweeper implements OnApplicationShutdown {
  constructor(
    @Optional() @Inject(CLAIM_CHECK) private readonly claimCheck: ClaimCheck | undefined,
    @Inject(CLAIM_CHECK_SETTINGS) { sweepIntervalMs }: ClaimCheckSettings,
  ) {
    super({
      work: 'sweep the payload store',
      sweepSome: async (most) => (await claimCheck?.store.sweep(claimCheck.retentionMs, most)) ?? 0,
      mostAtOnce: PAYLOADS_AT_ONCE,
      intervalMs: sweepIntervalMs,
    });
  }

  /** After the consumer and the relay have used it for the last time. */
  async onApplicationShutdown(): Promise<void> {
    await this.claimCheck?.store.close();
  }
}
