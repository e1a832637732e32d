import { setTimeout as sleep } from 'node:timers/promises';

import type { BrokerRecord, Lane } from '@waybill/messaging';
import { backoffMs, Signal } from '@waybill/observability';

import { isRewritten, laneLog, recordOf } from './lane-streams.js';
import { LaneTrail } from './lane-trail.js';
import type { NatsNames } from './names.js';
import type { Nats, NatsLink } from './nats-connection.js';
import { isStreamMissing, toError } from './nats-errors.js';
import { fromSequence, PullConsumer } from './pull-consumer.js';
import type { PulledMessage } from './pull-consumer.js';
import { fromMessage } from './record-codec.js';

export interface LaneReaderListener {
  onRecords(records: readonly BrokerRecord[]): void;
  /** The log doesn't have the record at the position any more, or not yet; reading continues at its earliest. */
  onPositionLost(next: string): void;
  /** The log isn't the one that the position is of, or has lost what was read of it; reading has ended. */
  onReplaced(next: string | undefined): void;
  /** Reading doesn't work and is tried again, or works again (`undefined`). */
  onTrouble(error: Error | undefined): void;
}

export interface LaneStart {
  /** The log that the position is of; `undefined` = not known, whichever there is will do. */
  readonly log: string | undefined;
  /** `undefined` = at the earliest record. */
  readonly next: string | undefined;
  /** Tells the record before it; `undefined` = not known, whichever there is will do. */
  readonly record: string | undefined;
}

/** What a lane that is paused, or slow, may hold: so much, or one record that is larger. */
const LIMITS = { messages: 250, bytes: 1_000_000 };
const RETRY = { baseMs: 50, maxMs: 3_000 };

/**
 * Reads a lane from a position on, in order. Whatever goes wrong, a gap in what arrives, a lost connection, a removed consumer, a listener that throws: it
 * begins again behind the last record that it has handed over, with a new consumer.
 */
export class LaneReader {
  #log: string | undefined;
  #next: bigint | undefined;
  #trail: LaneTrail;
  #paused = false;
  #closed = false;
  #failures = 0;
  /** The listener has thrown at what it was handed. */
  #refused = false;
  #consumer: PullConsumer | undefined;
  /** What has arrived and not been handed over. */
  #batch: PulledMessage[] = [];
  readonly #changed = new Signal();
  readonly #stopListening: () => void;

  constructor(
    private readonly link: NatsLink,
    private readonly names: NatsNames,
    private readonly lane: Lane,
    start: LaneStart,
    private readonly listener: LaneReaderListener,
  ) {
    this.#log = start.log;
    this.#next = start.next === undefined ? undefined : BigInt(start.next);
    this.#trail = new LaneTrail(this.#next ?? 0n, start.record);
    this.#stopListening = link.listen((up) => {
      if (!up) this.#consumer?.abort(new Error('The connection to NATS is lost'));
    });
    void this.#run();
  }

  /** The log that is being read, once that is known. */
  get log(): string | undefined {
    return this.#log;
  }

  /** Whether everything before the position has been handed over. */
  hasHandedOver(next: string): boolean {
    return this.#next !== undefined && BigInt(next) <= this.#next;
  }

  /** Everything before the position is done. @returns what tells the record before it; `undefined` = that isn't known */
  pass(next: string): string | undefined {
    return this.#trail.pass(BigInt(next));
  }

  pause(): void {
    this.#paused = true;
  }

  resume(): void {
    this.#paused = false;
    this.#changed.raise();
    if (this.#batch.length > 0) this.#handOverSoon();
  }

  /** Nothing is handed over any more from now on. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#stopListening();
    this.#changed.raise();
    this.#consumer?.close();
  }

  async #run(): Promise<void> {
    while (!this.#closed) {
      try {
        const opened = await this.#open(await this.link.open());
        if (opened === undefined) return;
        // Where the listener has thrown, another consumer proves nothing: it throws again at the same record, maybe.
        if (!this.#refused) this.#works();
        while (!this.#closed) await this.#pull(opened);
      } catch (error) {
        if (this.#closed) return;
        this.#failures += 1;
        if (this.#failures > 1 || isStreamMissing(error)) this.listener.onTrouble(toError(error));
        this.#batch = [];
        await sleep(backoffMs(this.#failures, RETRY));
      } finally {
        this.#consumer?.close();
        this.#consumer = undefined;
      }
    }
  }

  #works(): void {
    this.#refused = false;
    this.#failures = 0;
    if (!this.#closed) this.listener.onTrouble(undefined);
  }

  async #open(nats: Nats): Promise<PullConsumer | undefined> {
    if (!this.link.isUp) throw new Error('There is no connection to NATS');
    const { id, first, end } = await laneLog(nats.jsm, this.names, this.lane);
    if (this.#closed) return undefined;
    const isOther = (this.#log !== undefined && this.#log !== id) || (await this.#isRolledBack(nats, first, end));
    if (this.#closed) return undefined;
    if (isOther) {
      this.listener.onReplaced(this.#next?.toString());
      return undefined;
    }
    this.#log = id;
    if (this.#next !== undefined && (this.#next < first || this.#next > end)) {
      this.listener.onPositionLost(String(this.#next));
      this.#next = first;
      this.#trail = new LaneTrail(first, undefined);
    }
    this.#next ??= first;
    const stream = this.names.stream(this.lane);
    this.#consumer = await PullConsumer.create(nats, stream, fromSequence(Number(this.#next) + 1));
    return this.#consumer;
  }

  /** Its server may have lost the tail, and have taken other records since. Asked for where reading begins, not for each record. */
  async #isRolledBack({ jsm }: Nats, first: bigint, end: bigint): Promise<boolean> {
    const { record } = this.#trail;
    if (this.#next === undefined || record === undefined || this.#next <= first) return false;
    return this.#next > end || isRewritten(jsm, this.names, this.lane, this.#next, record);
  }

  async #pull(consumer: PullConsumer): Promise<void> {
    await this.#untilResumed();
    if (this.#closed) return;
    if (!this.link.isUp) throw new Error('The connection to NATS is lost');
    const take = (message: PulledMessage): void => this.#take(message);
    const end = await consumer.pull(LIMITS, take);
    if (end === 'next-is-too-large') await consumer.pull({ messages: 1 }, take);
    for (this.#handOver(); this.#batch.length > 0 && !this.#closed; this.#handOver()) await this.#untilResumed();
  }

  async #untilResumed(): Promise<void> {
    while (this.#paused && !this.#closed) await this.#changed.wait(Infinity);
  }

  /** What arrives in one turn of the event loop is handed over together. */
  #take(message: PulledMessage): void {
    if (this.#closed) return;
    this.#batch.push(message);
    if (this.#batch.length === 1) this.#handOverSoon();
  }

  #handOverSoon(): void {
    setImmediate(() => {
      try {
        this.#handOver();
      } catch (error) {
        this.#consumer?.abort(toError(error));
      }
    });
  }

  #handOver(): void {
    const [first, last] = [this.#batch[0], this.#batch.at(-1)];
    if (this.#paused || this.#closed || first === undefined || last === undefined) return;
    // Deleted while it waited to be read, by its age or by hand.
    if (this.#next !== undefined && BigInt(first.sequence) - 1n > this.#next) {
      this.listener.onPositionLost(String(this.#next));
    }
    const refusedBefore = this.#refused;
    this.#refused = true;
    this.listener.onRecords(this.#batch.map((message) => this.#toRecord(message)));
    this.#refused = false;
    this.#trail.add(
      this.#batch.map(({ sequence, timestampMs }) => ({ next: BigInt(sequence), record: recordOf(timestampMs) })),
    );
    this.#batch = [];
    this.#next = BigInt(last.sequence);
    if (refusedBefore) this.#works();
  }

  #toRecord({ sequence, data, headers, timestampMs }: PulledMessage): BrokerRecord {
    return { ...this.lane, position: String(sequence - 1), ...fromMessage(data, headers), timestampMs };
  }
}
