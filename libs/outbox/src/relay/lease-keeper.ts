import type { DedicatedConnection } from '@waybill/database';
import { BackgroundLoop } from '@waybill/observability';

import { SHARDS_PER_TOPIC } from '../key-hash.js';
import { createShards, releaseLeases, renewLeases, signOff, takeLeases, unpublishedTopics } from '../sql/leases.js';
import type { LeaseRow, RenewedRow, Share } from '../sql/leases.js';
import { notify, RELEASED } from '../sql/notify.js';
import { LeasedShard } from './leased-shard.js';
import type { ShardTable } from './shard-table.js';

export interface LeaseKeeperParts {
  readonly connection: DedicatedConnection;
  readonly shards: ShardTable;
  readonly owner: string;
  readonly leaseMs: number;
  readonly topics: readonly string[];
  /** New shards are held. */
  readonly onTaken: () => void;
}

/** Rounds in the life of a lease. */
const ROUNDS_PER_LEASE = 3;
/** Topics that only the table knows are looked for once in this many rounds. */
const ROUNDS_PER_SEARCH = 10;

/**
 * Holds this relay's fair share of the shards: all shards divided by the relays that are alive. Takes what is free, gives back
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

  /** Makes sure that the topic has shards. */
  want(topic: string): void {
    if (this.#topics.has(topic)) return;
    this.#topics.add(topic);
    this.hurry();
  }

  /** Shards may have become free. */
  hurry(): void {
    this.#loop.wake();
  }

  /** Gives everything back, so that others needn't wait for the leases to expire. */
  async stop(): Promise<void> {
    await this.#loop.stop();
    for (const shard of this.parts.shards.all()) this.parts.shards.remove(shard);
    await this.parts.connection.query(signOff, [this.parts.owner]);
    await this.#tellReleased();
  }

  async #round(): Promise<void> {
    const { connection, owner, leaseMs } = this.parts;
    if (this.#rounds++ % ROUNDS_PER_SEARCH === 0) {
      const found = await connection.query<{ topic: string }>(unpublishedTopics);
      for (const { topic } of found) this.#topics.add(topic);
    }
    if (this.#topics.size > this.#created) {
      const topics = [...this.#topics];
      await connection.query(createShards, [topics, SHARDS_PER_TOPIC]);
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

  /** What the table says is what counts: someone may have taken a shard, or an answer of ours was lost. */
  #reconcile(renewed: readonly LeaseRow[], heldUntil: number): void {
    const { shards } = this.parts;
    const held = new Set<LeasedShard>();
    for (const { topic, shard: number, epoch } of renewed) {
      const shard = shards.find(topic, number);
      if (shard?.epoch === epoch) {
        shard.renew(heldUntil);
        held.add(shard);
      } else {
        if (shard) shards.remove(shard);
        held.add(this.#add({ topic, shard: number, epoch }, heldUntil));
      }
    }
    for (const shard of shards.all()) if (!held.has(shard)) shards.remove(shard);
  }

  async #balance({ relays, shards, free }: Share): Promise<void> {
    const { connection, owner, leaseMs } = this.parts;
    const fair = Math.ceil(shards / Math.max(1, relays));
    const held = [...this.parts.shards.all()].sort((a, b) => a.number - b.number || (a.topic < b.topic ? -1 : 1));
    for (const [index, shard] of held.entries()) shard.leaving = index >= fair;
    const leaving = held.filter((shard) => shard.leaving && shard.isIdle);
    if (leaving.length > 0) await this.#release(leaving);
    if (free === 0 || held.length >= fair) return;
    const heldUntil = this.#heldUntil();
    const taken = await connection.query<LeaseRow>(takeLeases, [owner, leaseMs, fair - held.length]);
    for (const row of taken) this.#add(row, heldUntil);
    if (taken.length > 0) this.parts.onTaken();
  }

  async #release(shards: readonly LeasedShard[]): Promise<void> {
    for (const shard of shards) this.parts.shards.remove(shard);
    await this.parts.connection.query(releaseLeases, [
      this.parts.owner,
      shards.map(({ topic }) => topic),
      shards.map(({ number }) => number),
    ]);
    await this.#tellReleased();
  }

  async #tellReleased(): Promise<void> {
    await this.parts.connection.query(notify, [`${RELEASED}${this.parts.owner}`]).catch(() => {}); // a hint
  }

  #add({ topic, shard: number, epoch }: LeaseRow, heldUntil: number): LeasedShard {
    const shard = new LeasedShard(topic, number, epoch, heldUntil);
    this.parts.shards.add(shard);
    return shard;
  }

  /** Counted from before the question was asked, with a tenth of the lease to spare. */
  #heldUntil(): number {
    return performance.now() + this.parts.leaseMs * 0.9;
  }
}
