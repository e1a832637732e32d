import type { ClaimCheck, PayloadReference } from '@waybill/messaging';
import { askPayloadStore, referTo } from '@waybill/messaging';
import { backoffMs, failureLog } from '@waybill/observability';

import type { OutboxRow } from '../outbox-row.js';
import type { LeasedShard } from './leased-shard.js';

/** A payload that was stored longer ago is stored again before its message goes out: its age counts from then. */
const FRESH_MS = 600_000;
/** Payloads on their way to the store at once, unless one alone is larger; the others wait in the table. */
const MOST_BYTES = 64_000_000;
const FULL_PAUSE_MS = 50;
const BACKOFF = { baseMs: 100, maxMs: 15_000 };

interface Stored {
  readonly reference: PayloadReference;
  readonly at: number;
}

interface Upload {
  readonly bytes: number;
  /** Those that wait for it: the shard of its row, again each time its lease was lost and taken again. */
  readonly shards: Set<LeasedShard>;
}

export interface PayloadUploadsParts {
  readonly claimCheck: ClaimCheck;
  /** Topics whose records are kept for ever: no payload is, so theirs travel whole. */
  readonly keptForEver: ReadonlySet<string>;
  /** A shard that waited may continue. */
  readonly onStored: () => void;
}

/**
 * Brings large payloads to the store before their rows enter. A row whose payload isn't there yet doesn't enter, and no later
 * row of its shard is claimed until it is; what else the shard has in memory, the other shards and the other topics continue.
 */
export class PayloadUploads {
  readonly #stored = new Map<string, Stored>();
  readonly #uploads = new Map<string, Upload>();
  readonly #failures = new WeakMap<LeasedShard, number>();

  constructor(private readonly parts: PayloadUploadsParts) {}

  /** Whether the row must wait. If so its upload is under way and its shard is blocked; a claim brings it again. */
  holdsUp(row: OutboxRow, shard: LeasedShard): boolean {
    if (!this.#isLarge(row) || this.#freshly(row.id)) return false;
    const upload = this.#uploads.get(row.id);
    if (upload === undefined && !this.#hasRoom(row)) {
      shard.blockedUntil = Math.max(shard.blockedUntil, performance.now() + FULL_PAUSE_MS);
      return true;
    }
    shard.blockedUntil = Infinity;
    if (upload !== undefined) {
      upload.shards.add(shard);
    } else {
      this.#uploads.set(row.id, { bytes: row.payload.length, shards: new Set([shard]) });
      void this.#upload(row, shard);
    }
    return true;
  }

  /** What travels instead of the row's payload, which is stored by then; `undefined` = the payload itself. */
  referenceOf(row: OutboxRow): PayloadReference | undefined {
    if (!this.#isLarge(row)) return undefined;
    return this.#stored.get(row.id)?.reference ?? referTo(row.id, row.payload);
  }

  #isLarge({ payload, topic }: OutboxRow): boolean {
    return payload.length > this.parts.claimCheck.thresholdBytes && !this.parts.keptForEver.has(topic);
  }

  #freshly(id: string): boolean {
    const stored = this.#stored.get(id);
    return stored !== undefined && performance.now() - stored.at < FRESH_MS;
  }

  #hasRoom({ payload }: OutboxRow): boolean {
    const bytes = [...this.#uploads.values()].reduce((sum, upload) => sum + upload.bytes, 0);
    return bytes === 0 || bytes + payload.length <= MOST_BYTES;
  }

  async #upload(row: OutboxRow, shard: LeasedShard): Promise<void> {
    let pauseMs = 0;
    try {
      const at = performance.now();
      await askPayloadStore(() => this.parts.claimCheck.store.put(row.id, row.payload)); // late, it is the same payload
      this.#forgetOld(at);
      this.#stored.set(row.id, { reference: referTo(row.id, row.payload), at });
      this.#failures.delete(shard);
      failureLog.succeeded(workOf(row));
    } catch (error) {
      const failures = (this.#failures.get(shard) ?? 0) + 1;
      this.#failures.set(shard, failures);
      pauseMs = backoffMs(failures, BACKOFF);
      failureLog.failed(workOf(row), error);
    }
    this.#letGo(row.id, pauseMs);
  }

  /** A shard continues after its last upload; what failed before that is claimed and tried again. */
  #letGo(id: string, pauseMs: number): void {
    const upload = this.#uploads.get(id);
    this.#uploads.delete(id);
    for (const shard of upload?.shards ?? []) {
      if ([...this.#uploads.values()].some(({ shards }) => shards.has(shard))) continue;
      shard.blockedUntil = performance.now() + pauseMs;
    }
    this.parts.onStored();
  }

  /** Rows are published soon after their upload, and never looked at again. The oldest come first. */
  #forgetOld(now: number): void {
    for (const [id, { at }] of this.#stored) {
      if (now - at < FRESH_MS) return;
      this.#stored.delete(id);
    }
  }
}

function workOf({ topic }: OutboxRow): string {
  return `store large payloads of ${topic}`;
}
