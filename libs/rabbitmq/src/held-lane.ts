import type { BrokerRecord, Lane, LanePosition, LostLog, SubscriptionListener } from '@waybill/messaging';
import type { ChannelModel } from 'amqplib';

import type { GroupPosition, LaneBounds } from './group.js';
import { LaneConsumer } from './lane-consumer.js';
import { LaneProgress } from './lane-progress.js';
import type { Lease } from './lease.js';

export interface HeldLaneParts {
  readonly lease: Lease;
  readonly stream: string;
  readonly prefetch: number;
  readonly listener: SubscriptionListener;
  readonly onBroken: (error: Error) => void;
}

/** A lane that this member has: what is read of it, and how far that is done. */
export class HeldLane {
  readonly lane: Lane;
  #progress: LaneProgress;
  /** What is stored at the broker. */
  #committed: number | undefined;
  /** A position that can't be continued from, to be told. */
  #lost: number | undefined;
  /** What is stored is the position of a log that is gone, or of records that are. */
  #isOutdated = false;
  /** Where it began: nothing to store. */
  #begun = 0;
  #consumer: LaneConsumer | undefined;

  constructor(
    private readonly parts: HeldLaneParts,
    stored: GroupPosition | undefined,
    private readonly bounds: LaneBounds,
  ) {
    this.lane = parts.lease.lane;
    this.#committed = stored?.next;
    this.#progress = this.#from(stored?.next ?? bounds.first, stored?.record);
    this.#isOutdated = this.#lost !== undefined;
  }

  /** What isn't done is handed over again. @param startAt where to begin instead */
  rewind(startAt: string | undefined): void {
    const { next, record } = this.#progress.position;
    this.#progress = startAt === undefined ? new LaneProgress(next, record) : this.#from(Number(startAt), undefined);
  }

  async start(connection: ChannelModel): Promise<void> {
    if (this.#lost !== undefined) this.#tellLost(this.#lost, this.#lost > this.bounds.end ? 'replaced' : undefined);
    this.#lost = undefined;
    const { stream, prefetch, listener, onBroken } = this.parts;
    this.#consumer = new LaneConsumer(this.lane, stream, prefetch, {
      onRecords: (records, ids) => this.#handOver(listener, records, ids),
      onPassed: (next, id) => this.#progress.onPassed(next, id),
      onPositionLost: (lost, next) => {
        // What is still being handled was maybe read from a log that is gone.
        this.#progress = new LaneProgress(next);
        this.#tellLost(lost, next < lost ? 'replaced' : undefined);
      },
      onBroken,
    });
    await this.#consumer.start(connection, this.#progress.position);
  }

  async stop(): Promise<void> {
    const consumer = this.#consumer;
    this.#consumer = undefined;
    await consumer?.stop();
  }

  pause(): void {
    this.#consumer?.pause();
  }

  resume(): void {
    this.#consumer?.resume();
  }

  onDone(next: string): void {
    this.#progress.onDone(Number(next));
  }

  get position(): LanePosition {
    return { ...this.lane, next: String(this.#progress.position.next) };
  }

  get hasMoved(): boolean {
    const { next } = this.#progress.position;
    return next !== this.#committed && (this.#isOutdated || next !== this.#begun);
  }

  /** @returns what was stored; nothing where the lease has been lost. */
  async commit(owner: string | undefined): Promise<LanePosition | undefined> {
    if (!this.parts.lease.isHeld) return undefined;
    const { next, record } = this.#progress.position;
    await this.parts.lease.commit({ next, owner, record });
    this.#committed = next;
    this.#isOutdated = false;
    return { ...this.lane, next: String(next) };
  }

  #from(next: number, record: string | undefined): LaneProgress {
    const { first, end } = this.bounds;
    const isThere = next >= first && next <= end;
    if (!isThere) this.#lost = next;
    this.#begun = isThere ? next : first;
    return new LaneProgress(this.#begun, isThere ? record : undefined);
  }

  #handOver(
    listener: SubscriptionListener,
    records: readonly BrokerRecord[],
    ids: readonly (string | undefined)[],
  ): void {
    for (const [index, { position }] of records.entries()) {
      this.#progress.onDelivered(Number(position) + 1, ids[index]);
    }
    listener.onRecords(this.lane, records);
  }

  #tellLost(next: number, log: LostLog | undefined): void {
    this.parts.listener.onPositionLost?.({ ...this.lane, next: String(next) }, log);
  }
}
