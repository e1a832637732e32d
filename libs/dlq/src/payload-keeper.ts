import { setTimeout as sleep } from 'node:timers/promises';

import { Inject, Injectable, Logger, Optional } from '@nestjs/common';
import type { OnApplicationBootstrap, OnModuleDestroy } from '@nestjs/common';
import { Database } from '@waybill/database';
import { CLAIM_CHECK, decodeReference } from '@waybill/messaging';
import type { ClaimCheck, Headers } from '@waybill/messaging';

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
  readonly #logger = new Logger(PayloadKeeper.name);
  readonly #stopped = new AbortController();
  #keeping: Promise<void> | undefined;

  constructor(
    private readonly database: Database,
    @Inject(DEAD_LETTER_OPTIONS) private readonly options: DeadLetterOptions,
    @Optional() @Inject(CLAIM_CHECK) private readonly claimCheck?: ClaimCheck,
  ) {}

  onApplicationBootstrap(): void {
    if (this.claimCheck) this.#keeping = this.#run(this.claimCheck);
  }

  async onModuleDestroy(): Promise<void> {
    this.#stopped.abort();
    await this.#keeping;
  }

  async #run(claimCheck: ClaimCheck): Promise<void> {
    const { signal } = this.#stopped;
    const intervalMs = Math.max(1_000, Math.min(DAY_MS, Math.floor(claimCheck.retentionMs / 10)));
    while (!signal.aborted) {
      try {
        await this.#renewAll(claimCheck);
      } catch (error) {
        this.#logger.warn({ message: 'Payloads of held messages were not renewed; tried again', error: String(error) });
      }
      await sleep(intervalMs, undefined, { signal, ref: false }).catch(() => {}); // aborted: the loop ends
    }
  }

  async #renewAll({ store }: ClaimCheck): Promise<void> {
    let last = '0';
    for (let count = ROWS_PER_STATEMENT; count === ROWS_PER_STATEMENT && !this.#stopped.signal.aborted;) {
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
