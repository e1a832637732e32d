import type { DedicatedConnection } from '@waybill/database';
import { BackgroundLoop } from '@waybill/observability';

import { LANES_PER_TOPIC } from '../key-hash.js';
import { createLanes, releaseLeases, renewLeases, signOff, takeLeases, unpublishedTopics } from '../sql/leases.js';
import type { LeaseRow, RenewedRow, Share } from '../sql/leases.js';
import type { LaneTable } from './lane-table.js';
import { LeasedLane } from './leased-lane.js';

export interface LeaseKeeperParts {
  readonly connection: DedicatedConnection;
  readonly lanes: LaneTable;
  readonly owner: string;
  readonly leaseMs: number;
  readonly topics: readonly string[];
  /** New lanes are held. */
  readonly onTaken: () => void;
  /** Lanes were given back: others may take them. */
  readonly onReleased: () => void;
}

/** Rounds in the life of a lease. */
const ROUNDS_PER_LEASE = 3;
/** Topics that only the table knows are looked for once in so many rounds. */
const ROUNDS_PER_SEARCH = 10;

/**
 * Holds this relay's fair share of the lanes: all lanes divided by the relays that are alive. Takes what is free, gives back
 * what is too much once nothing of it is on its way, and stops using a lease well before others may take it.
 */
export class LeaseKeeper {
  readonly #loop: BackgroundLoop;
  readonly #topics: Set<string>;
  #created = 0;
  #rounds = 0;

  constructor(private readonly parts: LeaseKeeperParts) {
    this.#topics = new Set(parts.topics);
    this.#loop = new BackgroundLoop({
      work: 'renew the leases of the outbox', // those that can't be renewed run out by themselves
      step: () => this.#round(),
      intervalMs: parts.leaseMs / ROUNDS_PER_LEASE,
      backoff: { baseMs: 100, maxMs: 2_000 },
    });
  }

  start(): void {
    this.#loop.start();
  }

  /** Makes sure that the topic has lanes. */
  want(topic: string): void {
    if (this.#topics.has(topic)) return;
    this.#topics.add(topic);
    this.hurry();
  }

  /** Lanes may have become free. */
  hurry(): void {
    this.#loop.wake();
  }

  /** Gives everything back, so that others needn't wait for the leases to expire. */
  async stop(): Promise<void> {
    await this.#loop.stop();
    for (const lane of this.parts.lanes.all()) this.parts.lanes.remove(lane);
    await this.parts.connection.query(signOff, [this.parts.owner]);
    this.parts.onReleased();
  }

  async #round(): Promise<void> {
    const { connection, owner, leaseMs } = this.parts;
    if (this.#rounds++ % ROUNDS_PER_SEARCH === 0) {
      const found = await connection.query<{ topic: string }>(unpublishedTopics);
      for (const { topic } of found) this.#topics.add(topic);
    }
    if (this.#topics.size > this.#created) {
      const topics = [...this.#topics];
      await connection.query(createLanes, [topics, LANES_PER_TOPIC]);
      this.#created = topics.length;
    }
    const heldUntil = this.#heldUntil();
    const rows = await connection.query<RenewedRow>(renewLeases, [owner, leaseMs]);
    this.#reconcile(
      rows.filter((row) => row.topic !== null),
      heldUntil,
    );
    const [share] = rows;
    if (share) await this.#balance(share);
  }

  /** What the table says is what counts: someone may have taken a lane, or an answer of ours was lost. */
  #reconcile(renewed: readonly LeaseRow[], heldUntil: number): void {
    const { lanes } = this.parts;
    const held = new Set<LeasedLane>();
    for (const { topic, lane: number, epoch } of renewed) {
      const lane = lanes.find(topic, number);
      if (lane?.epoch === epoch) {
        lane.renew(heldUntil);
        held.add(lane);
      } else {
        if (lane) lanes.remove(lane);
        held.add(this.#add({ topic, lane: number, epoch }, heldUntil));
      }
    }
    for (const lane of lanes.all()) if (!held.has(lane)) lanes.remove(lane);
  }

  async #balance({ relays, lanes, free }: Share): Promise<void> {
    const { connection, owner, leaseMs } = this.parts;
    const fair = Math.ceil(lanes / Math.max(1, relays));
    const held = [...this.parts.lanes.all()].sort((a, b) => a.number - b.number || (a.topic < b.topic ? -1 : 1));
    for (const [index, lane] of held.entries()) lane.leaving = index >= fair;
    const leaving = held.filter((lane) => lane.leaving && lane.isIdle);
    if (leaving.length > 0) await this.#release(leaving);
    if (free === 0 || held.length >= fair) return;
    const heldUntil = this.#heldUntil();
    const taken = await connection.query<LeaseRow>(takeLeases, [owner, leaseMs, fair - held.length]);
    for (const row of taken) this.#add(row, heldUntil);
    if (taken.length > 0) this.parts.onTaken();
  }

  async #release(lanes: readonly LeasedLane[]): Promise<void> {
    for (const lane of lanes) this.parts.lanes.remove(lane);
    await this.parts.connection.query(releaseLeases, [
      this.parts.owner,
      lanes.map(({ topic }) => topic),
      lanes.map(({ number }) => number),
    ]);
    this.parts.onReleased();
  }

  #add({ topic, lane: number, epoch }: LeaseRow, heldUntil: number): LeasedLane {
    const lane = new LeasedLane(topic, number, epoch, heldUntil);
    this.parts.lanes.add(lane);
    return lane;
  }

  /** Counted from before the question was asked, with a tenth of the lease to spare. */
  #heldUntil(): number {
    return performance.now() + this.parts.leaseMs * 0.9;
  }
}
