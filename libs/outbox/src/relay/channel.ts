import type { Publisher, PublishOutcome } from '@waybill/messaging';
import { backoffMs, failureLog, Signal, within } from '@waybill/observability';

import { publishBegin, publishEnd } from '../diagnostics.js';
import type { RelaySettings } from '../outbox-options.js';
import { toRecord } from '../record.js';
import type { Claimer } from './claimer.js';
import type { LeasedShard } from './leased-shard.js';
import type { Marker } from './marker.js';
import type { PayloadUploads } from './payload-uploads.js';
import { RowQueue } from './row-queue.js';
import type { QueuedRow } from './row-queue.js';
import type { SetAside } from './set-aside.js';

const CLAIMING = 'claim unpublished rows of the outbox';
const SETTING_ASIDE = 'set a refused row of the outbox aside';
const CLAIM_BACKOFF = { baseMs: 50, maxMs: 2_000 };

/** What came of one request. */
export interface Sent {
  readonly refused: ReadonlyMap<LeasedShard, Error>;
  /** The shards of the request. */
  readonly shards: ReadonlySet<LeasedShard>;
}

export interface ChannelParts {
  /** `shared`: all healthy topics, who refuses leaves it. `isolated`: one topic that was refused, paced until it works. */
  readonly kind: 'shared' | 'isolated';
  readonly createPublisher: () => Promise<Publisher>;
  readonly claimer: Claimer;
  readonly marker: Marker;
  readonly settings: RelaySettings;
  readonly payloads: PayloadUploads | undefined;
  readonly setAside: Pick<SetAside, 'take'>;
  /** The shards that this channel serves now. */
  readonly shards: () => readonly LeasedShard[];
  readonly onSent: (sent: Sent) => void;
  /** Works, and has caught up. */
  readonly onIdle: () => void;
}

/**
 * One publisher with one request in flight. While a request is on its way the next rows are claimed. An isolated channel
 * pauses after a refusal, then tries a single row, so that a row which no broker takes is found, and set aside with its key.
 */
export class Channel {
  readonly queue = new RowQueue();
  readonly #signal = new Signal();
  #publisher: Promise<Publisher> | undefined;
  #running: Promise<void> | undefined;
  #claiming: Promise<void> | undefined;
  #claimFailures = 0;
  #claimNotBefore = 0;
  #sendNotBefore = 0;
  #failures = 0;
  /** This many rows go one by one: a refusal for good was among them. */
  #singly = 0;
  #draining = false;
  #stopped = false;

  constructor(private readonly parts: ChannelParts) {}

  /** Works at first try; a channel that fails takes no rows from memory. */
  get isHealthy(): boolean {
    return this.#failures === 0;
  }

  start(): void {
    this.#running ??= this.#run();
  }

  wake(): void {
    this.#signal.raise();
  }

  /** Publishes what is queued, claims no more. */
  async drain(): Promise<void> {
    this.#draining = true;
    this.wake();
    await this.#running;
  }

  /** Stops after the request in flight. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.wake();
    await this.#running;
    await this.#claiming;
    await this.#publisher?.then((publisher) => publisher.close()).catch(() => {}); // one that failed to open or close is gone
  }

  async #run(): Promise<void> {
    while (!this.#stopped) {
      const pauseMs = this.#sendNotBefore - performance.now();
      const batch = pauseMs > 0 ? [] : this.#takeBatch();
      const claimInMs = this.#claimAhead();
      if (batch.length > 0) await this.#send(batch);
      else if (this.#draining && (this.queue.size === 0 || !this.isHealthy)) return;
      else {
        if (this.isHealthy && this.#isCaughtUp()) this.parts.onIdle();
        await this.#signal.wait(pauseMs > 0 ? pauseMs : claimInMs);
      }
    }
  }

  #isCaughtUp(): boolean {
    return this.queue.size === 0 && !this.#claiming && this.parts.shards().every((shard) => !shard.needsClaim);
  }

  #takeBatch(): readonly QueuedRow[] {
    const { batchSize, batchBytes } = this.parts.settings;
    const mostRows = this.isHealthy && this.#singly === 0 ? batchSize : 1;
    return this.queue.take(mostRows, batchBytes).filter(({ shard, generation }) => {
      if (generation !== shard.generation) return false;
      if (!shard.isHeld()) shard.reset(); // the lease ran out: its present holder publishes them
      return generation === shard.generation;
    });
  }

  /** @returns in how many milliseconds to look again, unless woken. */
  #claimAhead(): number {
    const { settings, marker } = this.parts;
    if (this.#claiming || this.#draining || this.queue.size >= settings.batchSize) return Infinity;
    if (marker.isSaturated) return settings.markIntervalMs;
    const now = performance.now();
    const wanting = this.parts.shards().filter((shard) => shard.needsClaim && !shard.leaving && shard.isHeld());
    if (wanting.length === 0) return Infinity;
    const shards = wanting.filter(({ blockedUntil }) => blockedUntil <= now);
    if (shards.length === 0) return Math.min(...wanting.map(({ blockedUntil }) => blockedUntil)) - now;
    if (now < this.#claimNotBefore) return this.#claimNotBefore - now;
    this.#claiming = this.#claim(shards);
    return Infinity;
  }

  async #claim(shards: readonly LeasedShard[]): Promise<void> {
    try {
      await this.parts.claimer.claim(shards, this.queue);
      this.#claimFailures = 0;
      failureLog.succeeded(CLAIMING);
    } catch (error) {
      this.#claimNotBefore = performance.now() + backoffMs(++this.#claimFailures, CLAIM_BACKOFF);
      failureLog.failed(CLAIMING, error);
    }
    this.#claiming = undefined;
    this.wake();
  }

  async #send(batch: readonly QueuedRow[]): Promise<void> {
    publishBegin.tell(() => ({ rows: batch.map(({ row }) => row) }));
    const outcomes = await this.#publish(batch);
    publishEnd.tell(() => ({ rows: batch.flatMap(({ row }, index) => (outcomes[index]?.ok === true ? [row] : [])) }));
    const refused = new Map<LeasedShard, Error>();
    let forGood = false;
    for (const [index, { row, shard, generation }] of batch.entries()) {
      const outcome = outcomes[index];
      if (outcome?.ok === true && !refused.has(shard)) {
        if (generation === shard.generation) shard.refusals = 0;
        shard.acknowledge(row.seq);
        this.parts.marker.add({ seq: row.seq, shard });
      } else if (!refused.has(shard)) {
        refused.set(shard, outcome?.ok === false ? outcome.error : new Error('The publisher gave no outcome'));
        forGood ||= outcome?.ok === false && !outcome.retriable;
      }
    }
    if (this.parts.kind === 'isolated') await this.#pace(batch, refused, forGood);
    for (const shard of refused.keys()) shard.reset();
    this.parts.onSent({ refused, shards: new Set(batch.map(({ shard }) => shard)) });
  }

  async #pace(batch: readonly QueuedRow[], refused: ReadonlyMap<LeasedShard, Error>, forGood: boolean): Promise<void> {
    const { retryBaseMs: baseMs, retryMaxMs: maxMs } = this.parts.settings;
    const [first] = batch;
    if (forGood && first && batch.length === 1) return this.#setAside(first, refused.get(first.shard));
    const failed = refused.size > 0;
    this.#singly = forGood ? batch.length : Math.max(0, this.#singly - batch.length);
    this.#failures = failed ? this.#failures + 1 : 0;
    if (failed) this.#sendNotBefore = performance.now() + backoffMs(this.#failures, { baseMs, maxMs });
  }

  /** The others are sent meanwhile, row by row. Where it can't be set aside now, its shard waits. */
  async #setAside({ row, shard }: QueuedRow, error = new Error('Refused')): Promise<void> {
    const { retryBaseMs: baseMs, retryMaxMs: maxMs } = this.parts.settings;
    try {
      const isTaken = await this.parts.setAside.take(row, shard, error);
      failureLog.succeeded(SETTING_ASIDE);
      if (isTaken) return;
    } catch (failure) {
      failureLog.failed(SETTING_ASIDE, failure);
    }
    shard.blockedUntil = performance.now() + backoffMs(++shard.refusals, { baseMs, maxMs });
  }

  async #publish(batch: readonly QueuedRow[]): Promise<readonly PublishOutcome[]> {
    try {
      this.#publisher ??= this.parts.createPublisher();
      const publisher = await this.#publisher;
      const records = batch.map(({ row }) => toRecord(row, this.parts.payloads?.referenceOf(row)));
      return await within(this.parts.settings.publishTimeoutMs, publisher.publish(records));
    } catch (error) {
      const failed = this.#publisher;
      this.#publisher = undefined;
      failed?.then((publisher) => publisher.close()).catch(() => {}); // it is replaced
      const cause = error instanceof Error ? error : new Error(String(error));
      return batch.map(() => ({ ok: false, retriable: true, error: cause }));
    }
  }
}
