import type { ClaimCheck, PayloadReference } from '@waybill/messaging';
import { askPayloadStore, referTo } from '@waybill/messaging';
import { backoffMs, failureLog } from '@waybill/observability';

import type { OutboxRow } from '../outbox-row.js';
import type { LeasedLane } from './leased-lane.js';

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
  /** Those that wait for it: the lane of its row, anew each time its lease was lost and taken again. */
  readonly lanes: Set<LeasedLane>;
}

export interface PayloadUploadsParts {
  readonly claimCheck: ClaimCheck;
  /** Topics whose records are kept for ever: no payload is, so theirs travel whole. */
  readonly keptForEver: ReadonlySet<string>;
  /** A lane that waited may go on. */
  readonly onStored: () => void;
}

/**
 * Brings large payloads to the store before their rows enter. A row whose payload isn't there yet doesn't enter, and no later
 * row of its lane is claimed until it is; what else the lane has in memory, the other lanes and the other topics go on.
 */
export class PayloadUploads {
  readonly #stored = new Map<string, Stored>();
  readonly #uploads = new Map<string, Upload>();
  readonly #failures = new WeakMap<LeasedLane, number>();

  constructor(private readonly parts: PayloadUploadsParts) {}

  /** Whether the row must wait. If so its upload is under way and its lane is blocked; a claim brings it again. */
  holdsUp(row: OutboxRow, lane: LeasedLane): boolean {
    if (!this.#isLarge(row) || this.#freshly(row.id)) return false;
    const upload = this.#uploads.get(row.id);
    if (upload === undefined && !this.#hasRoom(row)) {
      lane.blockedUntil = Math.max(lane.blockedUntil, performance.now() + FULL_PAUSE_MS);
      return true;
    }
    lane.blockedUntil = Infinity;
    if (upload !== undefined) {
      upload.lanes.add(lane);
    } else {
      this.#uploads.set(row.id, { bytes: row.payload.length, lanes: new Set([lane]) });
      void this.#upload(row, lane);
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

  async #upload(row: OutboxRow, lane: LeasedLane): Promise<void> {
    let pauseMs = 0;
    try {
      const at = performance.now();
      await askPayloadStore(() => this.parts.claimCheck.store.put(row.id, row.payload)); // late, it is the same payload
      this.#forgetOld(at);
      this.#stored.set(row.id, { reference: referTo(row.id, row.payload), at });
      this.#failures.delete(lane);
      failureLog.succeeded(workOf(row));
    } catch (error) {
      const failures = (this.#failures.get(lane) ?? 0) + 1;
      this.#failures.set(lane, failures);
      pauseMs = backoffMs(failures, BACKOFF);
      failureLog.failed(workOf(row), error);
    }
    this.#letGo(row.id, pauseMs);
  }

  /** A lane goes on after its last upload; what failed before that is claimed and tried again. */
  #letGo(id: string, pauseMs: number): void {
    const upload = this.#uploads.get(id);
    this.#uploads.delete(id);
    for (const lane of upload?.lanes ?? []) {
      if ([...this.#uploads.values()].some(({ lanes }) => lanes.has(lane))) continue;
      lane.blockedUntil = performance.now() + pauseMs;
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
