import { setTimeout as delay } from 'node:timers/promises';

import type { DedicatedConnection } from '@waybill/database';
import { backoffMs, failureLog } from '@waybill/observability';

import type { RelaySettings } from '../outbox-options.js';
import { markPublished } from '../sql/mark-published.js';
import type { LeasedShard } from './leased-shard.js';

interface Published {
  readonly seq: number;
  readonly shard: LeasedShard;
}

const WORK = 'mark published rows of the outbox';
const BACKOFF = { baseMs: 100, maxMs: 5_000 };
const MOST_AT_ONCE = 2_000;
/** More unwritten marks than this, and nothing further is claimed or taken from memory. */
const MOST_PENDING = 20_000;

/** Writes the marks of published rows, many at once. Only where the lease under which they were sent still holds. */
export class Marker {
  #pending: Published[] = [];
  #running: Promise<void> | undefined;
  #hurry: (() => void) | undefined;
  #stopping = false;

  constructor(
    private readonly connection: DedicatedConnection,
    private readonly owner: string,
    private readonly settings: RelaySettings,
  ) {}

  get isSaturated(): boolean {
    return this.#pending.length >= MOST_PENDING;
  }

  get pending(): number {
    return this.#pending.length;
  }

  add(published: Published): void {
    this.#pending.push(published);
    if (this.#pending.length >= MOST_AT_ONCE / 2) this.#hurry?.();
    this.#ensureRunning();
  }

  /** Writes what is pending, once; what fails now is published again by the next owner. */
  async stop(): Promise<void> {
    this.#stopping = true;
    this.#hurry?.();
    await this.#running;
  }

  #ensureRunning(): void {
    this.#running ??= this.#run().finally(() => {
      this.#running = undefined;
      if (this.#pending.length > 0 && !this.#stopping) this.#ensureRunning(); // added since the last look
    });
  }

  async #run(): Promise<void> {
    let failures = 0;
    while (this.#pending.length > 0) {
      await this.#gather(failures === 0 ? this.settings.markIntervalMs : backoffMs(failures, BACKOFF));
      const batch = this.#pending.splice(0, MOST_AT_ONCE);
      try {
        await this.#mark(batch);
        failures = 0;
        failureLog.succeeded(WORK);
      } catch (error) {
        failures++;
        failureLog.failed(WORK, error);
        if (this.#stopping) return;
        // Not those whose shard was lost meanwhile: its new owner publishes them again anyway.
        this.#pending = [...batch.filter(({ shard }) => shard.isHeld()), ...this.#pending];
        for (const { seq, shard } of batch) if (!shard.isHeld()) shard.unmark(seq);
      }
    }
  }

  async #gather(ms: number): Promise<void> {
    if (this.#stopping || this.#pending.length >= MOST_AT_ONCE) return;
    const hurry = new AbortController();
    this.#hurry = () => hurry.abort();
    await delay(ms, undefined, { signal: hurry.signal }).catch(() => {}); // aborted = continue now
    this.#hurry = undefined;
  }

  async #mark(batch: readonly Published[]): Promise<void> {
    const leases = new Map<LeasedShard, number>();
    for (const { shard } of batch) if (!leases.has(shard)) leases.set(shard, leases.size + 1);
    const shards = [...leases.keys()];
    const rows = await this.connection.query<{ seq: string }>(markPublished, [
      batch.map(({ seq }) => seq),
      batch.map(({ shard }) => leases.get(shard)),
      shards.map(({ topic }) => topic),
      shards.map(({ number }) => number),
      shards.map(({ epoch }) => epoch),
      this.owner,
    ]);
    const marked = new Set(rows.map(({ seq }) => Number(seq)));
    for (const { seq, shard } of batch) {
      if (marked.has(seq)) shard.mark(seq);
      else shard.unmark(seq);
    }
  }
}
