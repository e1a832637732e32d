import { Inject, Injectable, Optional } from '@nestjs/common';
import type { OnApplicationBootstrap, OnModuleDestroy } from '@nestjs/common';
import { Database } from '@waybill/database';
import { CLAIM_CHECK, decodeReference } from '@waybill/messaging';
import type { ClaimCheck, Headers } from '@waybill/messaging';
import { BackgroundLoop } from '@waybill/observability';

import { decodeHeaders } from './header-bytes.js';
import { heldByReference } from './sql/held-by-reference.js';
import { DEAD_LETTER_OPTIONS } from './tokens.js';
import type { DeadLetterOptions } from './tokens.js';

const DAY_MS = 86_400_000;
const ROWS_PER_STATEMENT = 1_000;

/**
 * Keeps the payloads young that held messages refer to, so that a large message outlives any retention as long as it is
 * still to be handled (F39): from the start of the service on, and ten times in a payload's life.
 */
@Injectable()
export class PayloadKeeper implements OnApplicationBootstrap, OnModuleDestroy {
  #loop: BackgroundLoop | undefined;

  constructor(
    private readonly database: Database,
    @Inject(DEAD_LETTER_OPTIONS) private readonly options: DeadLetterOptions,
    @Optional() @Inject(CLAIM_CHECK) private readonly claimCheck?: ClaimCheck,
  ) {}

  onApplicationBootstrap(): void {
    if (!this.claimCheck) return;
    const { retentionMs, store } = this.claimCheck;
    this.#loop = new BackgroundLoop({
      work: 'renew the payloads of held messages',
      intervalMs: Math.max(1_000, Math.min(DAY_MS, Math.floor(retentionMs / 10))),
      step: (stopping) => this.#renewAll(store, stopping),
    });
    this.#loop.start();
  }

  async onModuleDestroy(): Promise<void> {
    await this.#loop?.stop();
  }

  async #renewAll(store: ClaimCheck['store'], stopping: AbortSignal): Promise<void> {
    let last = '0';
    for (let count = ROWS_PER_STATEMENT; count === ROWS_PER_STATEMENT && !stopping.aborted;) {
      const rows = await this.database.query<{ seq: string; headers: Buffer }>(heldByReference, [
        this.options.group,
        last,
        ROWS_PER_STATEMENT,
      ]);
      await store.renew(rows.flatMap(({ headers }) => payloadOf(decodeHeaders(headers))));
      last = rows.at(-1)?.seq ?? last;
      count = rows.length;
    }
  }
}

/** A reference that can't be read has no payload to keep; its letter says so. */
function payloadOf(headers: Headers): readonly string[] {
  try {
    const reference = decodeReference({ headers, value: null });
    return reference === undefined ? [] : [reference.id];
  } catch {
    return [];
  }
}
