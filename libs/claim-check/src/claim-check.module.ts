import { Module } from '@nestjs/common';
import type { DynamicModule } from '@nestjs/common';
import { CLAIM_CHECK } from '@waybill/messaging';
import type { ClaimCheck } from '@waybill/messaging';

import { resolveClaimCheck } from './claim-check-options.js';
import type { ClaimCheckOptions } from './claim-check-options.js';
import { openPayloadStore } from './open-payload-store.js';
import { PayloadSweeper } from './payload-sweeper.js';
import { CLAIM_CHECK_SETTINGS } from './tokens.js';

/**
 * Lets payloads above a threshold travel by reference. The outbox and the consumer find it by CLAIM_CHECK. Import it before
 * them: Nest shuts modules down in reverse, and they use the store until their end. Without a URL there is no store.
 */
@Module({})
export class ClaimCheckModule {
  /** @throws ConfigError listing every option that can't be used. */
  static forRoot(options: ClaimCheckOptions): DynamicModule {
    const settings = resolveClaimCheck(options);
    const { url, thresholdBytes, maxPayloadBytes, retentionMs } = settings;
    return {
      module: ClaimCheckModule,
      global: true,
      providers: [
        { provide: CLAIM_CHECK_SETTINGS, useValue: settings },
        {
          provide: CLAIM_CHECK,
          useFactory: async (): Promise<ClaimCheck | undefined> =>
            url && { store: await openPayloadStore(url, settings), thresholdBytes, maxPayloadBytes, retentionMs },
        },
        PayloadSweeper,
      ],
      exports: [CLAIM_CHECK],
    };
  }
}
