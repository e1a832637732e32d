import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';

import type { Lane, LanePosition, Subscription, SubscriptionListener, SubscriptionOptions } from '@waybill/messaging';
import { endsWithin } from '@waybill/observability';

import { countIn, toRecord } from './record-fields.js';
import type { Keys, RedisConnection, Reply } from './redis-connection.js';
import { BEAT, COMMIT } from './scripts.js';

const BEAT_EVERY_MS = 200;

export interface MemberOptions extends SubscriptionOptions {
  /** All lanes of its topics, in the same order for every member. */
  readonly lanes: () => Promise<readonly Lane[]>;
}

/** A lane from its assignment to the next one. */
interface Held {
  readonly lane: Lane;
  /** The next to be read. */
  next: string;
  done: string | undefined;
  committed: string;
}

/** A lane is read by the member that holds it by the group's hash in Redis. */
export class RedisSubscription implements Subscription {
  readonly #id = randomUUID();
  /** By the lane's key; a new map with each assignment. */
  #held: ReadonlyMap<string, Held> = new Map();
  readonly #paused = new Set<string>();
  /** Lanes that the next beat gives back. */
  readonly #back = new Set<string>();
  #livesUntil = 0;
  #closed = false;
  #commits: Promise<void> = Promise.resolve();
  #committing = 0;
  readonly #troubles = new Map<string, unknown>();
  #healthy: boolean | undefined;
  #onAssigned: (() => void) | undefined;

  constructor(
    private readonly redis: RedisConnection,
    private readonly reading: RedisConnection, // XREAD blocks its connection
    private readonly keys: Keys,
    private readonly options: MemberOptions,
    private readonly listener: SubscriptionListener,
  ) {}

  /** Also resolves where there is no Redis yet: it keeps trying, and says so by its health. */
  async start(): Promise<void> {
    const assigned = new Promise<void>((resolve) => (this.#onAssigned = resolve));
    void this.#repeat('group', () => this.#beat());
    void this.#repeat('reading', () => this.#read());
    await endsWithin(this.redis.startTimeoutMs, assigned);
  }

  pause(lane: Lane): void {
    this.#paused.add(this.keys.lane(lane));
  }

  resume(lane: Lane): void {
    this.#paused.delete(this.keys.lane(lane));
  }

  /** Redis has no records that nobody can read. */
  skip(): void {}

  async acknowledge(positions: readonly LanePosition[]): Promise<void> {
    for (const position of positions) {
      const held = this.#held.get(this.keys.lane(position));
      if (held) held.done = position.next;
    }
    await this.#commit(this.#held);
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    const held = this.#held;
    this.#held = new Map();
    this.reading.close();
    await this.#commit(held);
    await this.redis.send('ZREM', this.keys.members(this.options.group), this.#id).catch(() => {}); // its session ends by itself
  }

  // #region beat
  async #beat(): Promise<void> {
    const beganAt = performance.now();
    if (beganAt > this.#livesUntil && this.#held.size > 0) this.#assign(new Map()); // others may hold them by now
    const lanes = new Map((await this.options.lanes()).map((lane) => [this.keys.lane(lane), lane]));
    if (this.#closed) return; // or it would be a member again
    const { group } = this.options;
    const keys = [...lanes].flatMap(([key, { topic }]) => [this.keys.topic(topic), key]);
    const [members, session] = [this.keys.members(group), this.redis.sessionTimeoutMs];
    const [back, before] = [[...this.#back], this.#held];
    const readTo = new Map([...before].map(([key, { next }]) => [key, Number(next)]));
    const own = await this.redis.run(BEAT, [members, this.keys.group(group), ...keys], this.#id, `${session}`, ...back);
    if (this.#closed) return;
    this.#livesUntil = beganAt + session / 2;
    for (const key of back) this.#back.delete(key);
    const held = new Map<string, Held>();
    for (const [id, position, last] of own as readonly (readonly [Buffer, Buffer, Buffer])[]) {
      const [key, committed] = [String(id), String(position)];
      const lane = lanes.get(key);
      if (lane === undefined) continue;
      // A replica took over that hadn't all of it, or the lane was made again.
      const isCut = last.length > 0 && (readTo.get(key) ?? Number(committed)) > countIn(last);
      const known = isCut ? undefined : before.get(key);
      held.set(key, known ?? { lane, next: '', done: undefined, committed: isCut ? '0' : committed });
      if (isCut) this.listener.onPositionLost?.({ ...lane, next: committed });
    }
    const isSame = held.size === before.size && [...held].every(([key, each]) => before.get(key) === each);
    if (!isSame || this.#onAssigned) this.#assign(held);
    const gone = [...before].filter(([key]) => !held.has(key));
    if (gone.length > 0) void this.#giveBack(new Map(gone));
    if (this.#committing === 0) void this.#commit(this.#held); // what failed before
    await delay(BEAT_EVERY_MS);
  }

  /** Those that somebody else has taken are not its own to commit or to give back; Redis knows. */
  async #giveBack(lanes: ReadonlyMap<string, Held>): Promise<void> {
    await this.#commit(lanes);
    for (const key of lanes.keys()) this.#back.add(key);
  }

  /** What isn't done is delivered again: the listener drops what it hasn't started. */
  #assign(lanes: ReadonlyMap<string, Held>): void {
    this.#paused.clear();
    this.#held = new Map(
      [...lanes].map(([key, held]) => {
        const told = this.options.startAt?.(held.lane);
        const done = told === undefined ? held.done : undefined;
        return [key, { ...held, done, next: told ?? done ?? held.committed }];
      }),
    );
    this.listener.onAssigned([...lanes.values()].map(({ lane }) => lane));
    this.#onAssigned?.();
    this.#onAssigned = undefined;
  }
  // #endregion

  // #region read
  async #read(): Promise<void> {
    const held = this.#held;
    const open = [...held].filter(([key]) => !this.#paused.has(key));
    if (open.length === 0) return delay(20);
    const after = open.map(([, { next }]) => `0-${next}`);
    const command = ['XREAD', 'COUNT', '100', 'BLOCK', '200', 'STREAMS', ...open.map(([key]) => key), ...after];
    const found = (await this.reading.send(...command)) as readonly (readonly [Buffer, readonly Reply[]])[] | null;
    for (const [key, entries] of found ?? []) {
      if (held !== this.#held || performance.now() > this.#livesUntil) return; // it took its time: the lanes may be another's
      const own = held.get(String(key));
      if (own === undefined || this.#paused.has(String(key))) continue;
      const { lane, next } = own;
      const records = entries.map((entry) => toRecord(lane, entry));
      if (next !== '0' && next !== records[0]?.position) this.listener.onPositionLost?.({ ...lane, next });
      this.listener.onRecords(lane, records);
      own.next = String(Number(records.at(-1)?.position) + 1);
    }
  }
  // #endregion

  // #region commit
  /** One after the other, or an older position could come last. What fails is tried again with the next beat. */
  async #commit(lanes: ReadonlyMap<string, Held>): Promise<void> {
    this.#committing += 1;
    this.#commits = this.#commits.then(() => this.#write(lanes)).catch(() => {});
    await this.#commits;
    this.#committing -= 1;
  }

  async #write(lanes: ReadonlyMap<string, Held>): Promise<void> {
    const { group, owner = '', beforeCommit, onCommitted } = this.options;
    const moved = [...lanes].flatMap(([key, held]) => {
      const { done: next, committed } = held;
      return next === undefined || next === committed ? [] : [{ key, held, position: { ...held.lane, next } }];
    });
    if (moved.length === 0) return;
    await beforeCommit?.(moved.map(({ position }) => position));
    const pairs = moved.flatMap(({ key, position }) => [key, position.next]);
    const own = await this.redis.run(COMMIT, [this.keys.group(group)], this.#id, owner, ...pairs);
    const taken = moved.filter(({ key }) => (own as readonly Buffer[]).some((each) => String(each) === key));
    for (const { held, position } of taken) held.committed = position.next;
    if (taken.length > 0) onCommitted?.(taken.map(({ position }) => position));
  }
  // #endregion

  /** Its health is that of both parts. */
  async #repeat(part: string, work: () => Promise<void>): Promise<void> {
    while (!this.#closed) {
      try {
        await work();
        this.#troubles.delete(part);
      } catch (error) {
        this.#troubles.set(part, error);
        await delay(BEAT_EVERY_MS);
      }
      const [trouble] = this.#troubles.values();
      const healthy = trouble === undefined;
      if (this.#closed || healthy === this.#healthy || (healthy && this.#onAssigned)) continue;
      this.#healthy = healthy;
      this.listener.onHealth(healthy, trouble instanceof Error ? trouble : undefined);
    }
  }
}
