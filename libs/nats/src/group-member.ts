import type { Lane } from '@waybill/messaging';
import { newId } from '@waybill/observability';

import { dealLanes } from './deal-lanes.js';
import { GroupBucket } from './group-bucket.js';
import { GroupState, memberKey } from './group-state.js';
import type { GroupEntry, LaneEntry } from './group-state.js';
import { countLanes } from './lane-streams.js';
import type { NatsNames } from './names.js';
import type { NatsLink } from './nats-connection.js';
import { toError } from './nats-errors.js';
import { SilentMembers } from './silent-members.js';

export interface MembershipOptions {
  readonly group: string;
  readonly topics: readonly string[];
  readonly sessionTimeoutMs: number;
  readonly metadataMaxAgeMs: number;
  readonly replicas: number;
}

export interface MembershipListener {
  /** Who shall have which lane may be another one now, or this member's own membership may have ended, or begun. */
  onChange(): void;
  onTrouble(error: Error | undefined): void;
}

/** A member that has left leaves a marker, which a member that joins removes once it is so old. */
const MARKER_LIFE_MS = 60_000;

/**
 * One member of a group. It gives a sign of life three times in each session timeout, hears of all changes of the group in their order,
 * and counts itself out before others do: from the moment at which its last sign of life that the servers have taken was sent. Others
 * it counts out by the servers' clock, and only if that shows twice, a sign of life of its own apart. States: out → in → out … → left.
 */
export class GroupMember {
  readonly id = newId();
  #bucket: GroupBucket | undefined;
  #state: GroupState;
  #watch: { stop(): void } | undefined;
  /** Whether all changes up to a sign of life of its own have been heard. */
  #isCurrent = false;
  #isOut = true;
  #left = false;
  #beatTimer: NodeJS.Timeout | undefined;
  #outTimer: NodeJS.Timeout | undefined;
  #beating: Promise<void> = Promise.resolve();
  #beats = 0;
  /** The first sign of life whose coming back proves that all before it was heard. */
  #firstEcho = 0;
  #echoAtMs = 0;
  readonly #silent = new SilentMembers();
  #counts: Readonly<Record<string, number>> = {};
  #countedAtMs = Number.NEGATIVE_INFINITY;
  readonly #stopListening: () => void;

  constructor(
    private readonly link: NatsLink,
    private readonly names: NatsNames,
    private readonly options: MembershipOptions,
    private readonly listener: MembershipListener,
  ) {
    this.#state = new GroupState(names);
    this.#stopListening = link.listen((up) => {
      this.#endWatch(); // what it has missed is told again
      if (up) this.#beatNow();
    });
  }

  get state(): GroupState {
    return this.#state;
  }

  /** Its lanes may be others' already: it may not hand anything over. */
  get isOut(): boolean {
    return this.#isOut;
  }

  /** The lanes that this member shall have; `undefined` = it isn't known now. */
  share(): readonly Lane[] | undefined {
    if (!this.#isCurrent) return undefined;
    const holderOf = (lane: Lane): string | undefined => this.#state.holderOf(lane);
    return dealLanes(this.#state.members, holderOf).get(this.id) ?? [];
  }

  /** All lanes of its topics, as far as it knows. */
  lanes(): readonly Lane[] {
    return Object.entries(this.#counts).flatMap(([topic, count]) =>
      Array.from({ length: count }, (_, partition) => ({ topic, partition })),
    );
  }

  start(): void {
    this.#beatNow();
  }

  /** @returns the new revision; `undefined` where the lane is another's. @throws when it isn't known whether it was written */
  async write(lane: Lane, entry: LaneEntry, before: number): Promise<number | undefined> {
    const [bucket, state] = [this.#bucket, this.#state];
    if (bucket === undefined) throw new Error('There is no connection to the group');
    let revision = await bucket.write(lane, entry, before);
    if (revision === undefined) {
      const known = await bucket.read(lane);
      // An earlier write of this member, whose answer was lost.
      if (known.member === this.id) revision = await bucket.write(lane, entry, known.revision);
      if (revision === undefined) state.set(lane, known);
    }
    if (revision !== undefined) state.set(lane, { ...entry, revision });
    return revision;
  }

  /** Others may have its lanes at once. */
  async leave(): Promise<void> {
    this.#left = true;
    this.#stopListening();
    clearTimeout(this.#beatTimer);
    clearTimeout(this.#outTimer);
    this.#endWatch();
    await this.#beating;
    if (this.link.isUp) await this.#bucket?.leave(this.id);
  }

  #beatNow(): void {
    clearTimeout(this.#beatTimer);
    this.#beating = this.#beating.then(() => this.#beat());
  }

  async #beat(): Promise<void> {
    if (this.#left) return;
    const { sessionTimeoutMs, metadataMaxAgeMs } = this.options;
    try {
      await this.#giveSign();
      this.listener.onTrouble(this.#missingTopics());
    } catch (error) {
      this.listener.onTrouble(toError(error));
    }
    clearTimeout(this.#beatTimer);
    if (!this.#left) {
      this.#beatTimer = setTimeout(() => this.#beatNow(), Math.min(sessionTimeoutMs / 3, metadataMaxAgeMs));
    }
  }

  async #giveSign(): Promise<void> {
    const nats = await this.link.open();
    if (!this.link.isUp) throw new Error('There is no connection to NATS');
    const { group, sessionTimeoutMs, replicas } = this.options;
    if (this.#bucket === undefined) {
      this.#bucket = await GroupBucket.open(nats, this.names, group, replicas);
    }
    await this.#count();
    if (this.#isCurrent && performance.now() - this.#echoAtMs > sessionTimeoutMs) this.#endWatch(); // it hears nothing any more
    let sentAtMs: number;
    try {
      if (this.#watch === undefined) await this.#beginWatch(this.#bucket);
      sentAtMs = performance.now();
      this.#beats += 1;
      await this.#bucket.beat(this.id, { topics: this.#counts, sessionTimeoutMs, beat: this.#beats });
    } catch (error) {
      this.#bucket = undefined; // somebody may have deleted it
      this.#endWatch();
      throw error;
    }
    clearTimeout(this.#outTimer);
    if (this.#left) return;
    this.#outTimer = setTimeout(() => this.#turnOut(), sentAtMs + sessionTimeoutMs - performance.now());
    this.#isOut = false;
  }

  #turnOut(): void {
    this.#isOut = true;
    this.listener.onTrouble(new Error(`No sign of life was taken within ${this.options.sessionTimeoutMs} ms`));
    this.listener.onChange();
  }

  /** How many lanes there are: again after a while, and at once where a topic isn't there yet. */
  async #count(): Promise<void> {
    const age = performance.now() - this.#countedAtMs;
    if (age < this.options.metadataMaxAgeMs && this.#missingTopics() === undefined) return;
    const nats = await this.link.open();
    const counted = this.options.topics.map(
      async (topic) => [topic, await countLanes(nats.jsm, this.names, topic)] as const,
    );
    this.#counts = Object.fromEntries(await Promise.all(counted));
    this.#countedAtMs = performance.now();
  }

  #missingTopics(): Error | undefined {
    const missing = this.options.topics.filter((topic) => (this.#counts[topic] ?? 0) === 0);
    return missing.length > 0 ? new Error(`There is no topic ${missing.join(', ')}`) : undefined;
  }

  async #beginWatch(bucket: GroupBucket): Promise<void> {
    const state = new GroupState(this.names);
    this.#state = state;
    this.#firstEcho = this.#beats + 1;
    this.#echoAtMs = performance.now();
    const watch = await bucket.watch(
      (entry) => {
        if (this.#state === state && !this.#left) this.#hear(entry);
      },
      () => {
        if (this.#state === state) this.#endWatch(); // the next sign of life begins another one
      },
    );
    if (this.#left || !this.link.isUp) watch.stop();
    else this.#watch = watch;
  }

  #endWatch(): void {
    this.#watch?.stop();
    this.#watch = undefined;
    this.#isCurrent = false;
  }

  #hear(entry: GroupEntry): void {
    const isChange = this.#state.apply(entry);
    const isOwn = entry.key === memberKey(this.id);
    if (isOwn) this.#hearOwn(entry);
    // At each sign of life of its own, too: something may have failed before.
    if (this.#isCurrent && (isChange || isOwn)) this.listener.onChange();
  }

  #hearOwn({ content, atMs: now }: GroupEntry): void {
    if (content === undefined) return this.#beatNow(); // taken for dead
    if (beatOf(content) < this.#firstEcho) return;
    if (!this.#isCurrent) this.#removeMarkers(now - MARKER_LIFE_MS);
    this.#isCurrent = true;
    this.#echoAtMs = performance.now();
    const others = this.#state.members.filter(({ id }) => id !== this.id);
    for (const member of this.#silent.among(others, now)) {
      void this.#bucket?.expel(member).catch(() => {}); // tried again at the next sign of life
    }
  }

  /** Each member that hears the group's changes has heard of these long ago. */
  #removeMarkers(beforeMs: number): void {
    for (const id of this.#state.takeLeft(beforeMs)) void this.#bucket?.removeMarker(id).catch(() => {});
  }
}

function beatOf(content: unknown): number {
  return typeof content === 'object' && content !== null && 'beat' in content ? Number(content.beat) : 0;
}
