import type {
  BrokerLog,
  Lane,
  LanePosition,
  Subscription,
  SubscriptionListener,
  SubscriptionOptions,
} from '@waybill/messaging';
import { endsWithin } from '@waybill/observability';

import { GroupMember } from './group-member.js';
import type { MembershipOptions } from './group-member.js';
import type { LaneEntry } from './group-state.js';
import { AT_THE_EARLIEST, hasMoved, positionOf } from './held-lane.js';
import type { HeldLane, OwnLane } from './held-lane.js';
import { LaneReader } from './lane-reader.js';
import { laneId } from './lane-streams.js';
import type { NatsNames } from './names.js';
import type { NatsLink } from './nats-connection.js';
import { SubscriptionHealth } from './subscription-health.js';

export interface NatsSubscriptionOptions extends SubscriptionOptions, MembershipOptions {
  /** Positions acknowledged within this time are written together, in milliseconds. */
  readonly commitIntervalMs: number;
  readonly startTimeoutMs: number;
}

const CLOSE_WITHIN_MS = 3_000;
/** Changes of a group come several at a time. */
const SETTLE_MS = 20;

/**
 * Hands records over and returns. What the group's state asks for is done here, one thing after the other: giving lanes up, taking those that are
 * free, writing positions. A lane's entry is written over the last change that this member has made of it, or not at all: who has lost the lane can't.
 */
export class NatsSubscription implements Subscription {
  readonly #member: GroupMember;
  #held: ReadonlyMap<string, HeldLane> = new Map();
  readonly #health: SubscriptionHealth;
  readonly #replaced = new Set<string>();
  #working: Promise<void> = Promise.resolve();
  #settleTimer: NodeJS.Timeout | undefined;
  #commitTimer: NodeJS.Timeout | undefined;
  #assigned = false;
  #closed = false;
  readonly #stopListening: () => void;
  #onStarted: () => void = () => {};

  constructor(
    private readonly link: NatsLink,
    private readonly names: NatsNames,
    private readonly options: NatsSubscriptionOptions,
    private readonly listener: SubscriptionListener,
    private readonly log: BrokerLog,
  ) {
    this.#health = new SubscriptionHealth(options.group, listener, log);
    this.#member = new GroupMember(link, names, options, {
      onChange: () => this.#onChange(),
      onTrouble: (error) => this.#health.on('group', error),
    });
    this.#stopListening = link.listen((up) => {
      this.#health.on('connection', up ? undefined : new Error('The connection to NATS is lost'));
    });
  }

  /** Also resolves where there is no broker yet: the subscription keeps trying, and says so by its health. */
  async start(): Promise<void> {
    const started = new Promise<void>((resolve) => (this.#onStarted = resolve));
    this.#member.start();
    await endsWithin(this.options.startTimeoutMs, started);
  }

  pause(lane: Lane): void {
    this.#held.get(laneId(lane))?.reader.pause();
  }

  resume(lane: Lane): void {
    this.#held.get(laneId(lane))?.reader.resume();
  }

  /** There are no records that nobody can read: what a server can't read it doesn't send. */
  skip(): void {}

  async acknowledge(positions: readonly LanePosition[]): Promise<void> {
    for (const position of positions) {
      const held = this.#held.get(laneId(position));
      // What this assignment hasn't handed over was maybe of a log that is gone.
      if (held?.reader.hasHandedOver(position.next) !== true) continue;
      held.done = { next: position.next, record: held.reader.pass(position.next) };
    }
    this.#commitSoon();
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    this.#health.close();
    clearTimeout(this.#settleTimer);
    clearTimeout(this.#commitTimer);
    this.#stopListening();
    for (const { reader } of this.#held.values()) reader.close();
    const left = this.#next(async () => {
      try {
        await this.#giveUp([...this.#held.values()]);
      } finally {
        await this.#member.leave();
      }
    });
    await endsWithin(CLOSE_WITHIN_MS, left);
  }

  /** After whatever is under way. */
  #next(work: () => Promise<void>): Promise<void> {
    this.#working = this.#working.then(work).catch((error: unknown) => {
      this.log.debug(`nats: the lanes of ${this.options.group}: ${String(error)}`); // tried again at the next sign of life
    });
    return this.#working;
  }

  #onChange(): void {
    if (this.#closed) return;
    // Not after what is under way: others may have them by now.
    if (this.#member.isOut && this.#held.size > 0) this.#assign([]);
    this.#settleTimer ??= setTimeout(() => {
      this.#settleTimer = undefined;
      void this.#next(() => this.#settle());
    }, SETTLE_MS);
  }

  /** Brings what this member has in line with the group's state. */
  async #settle(): Promise<void> {
    const share = this.#member.share();
    if (this.#closed || this.#member.isOut || share === undefined) return;
    const wanted = new Set(share.map(laneId));
    const held = [...this.#held.values()];
    const own = held.filter((each) => !this.#isLost(each));
    const kept = own.filter(({ lane }) => wanted.has(laneId(lane)));
    const restarted = kept.filter(({ lane }) => this.#replaced.has(laneId(lane)));
    this.#replaced.clear();
    for (const each of restarted) Object.assign(each, { done: undefined, start: AT_THE_EARLIEST });
    if (kept.length < held.length || restarted.length > 0) {
      this.#assign(kept);
      await this.#giveUp(own.filter((each) => !kept.includes(each)));
    }
    await this.#giveUpForgotten(wanted);
    const free = share.filter((lane) => !this.#held.has(laneId(lane)) && this.#isFree(lane));
    const taken = (await Promise.all(free.map((lane) => this.#take(lane)))).flatMap((each) => each ?? []);
    if (this.#closed || this.#member.isOut) return;
    if (taken.length > 0 || !this.#assigned) this.#assign([...this.#held.values(), ...taken]);
  }

  /** From now on it has these lanes, and reads each from where it is done; nothing else that was handed over counts. */
  #assign(lanes: readonly OwnLane[]): void {
    const logs = new Map([...this.#held].map(([id, { reader }]) => [id, reader.log]));
    for (const { reader } of this.#held.values()) reader.close();
    const before = this.#held.keys();
    this.#held = new Map();
    for (const own of lanes) {
      const next = this.options.startAt?.(own.lane);
      if (next !== undefined) Object.assign(own, { done: undefined, start: { ...AT_THE_EARLIEST, next } });
      else if (own.done !== undefined) own.start = { log: logs.get(laneId(own.lane)), ...own.done };
    }
    this.#assigned = true;
    this.listener.onAssigned(lanes.map(({ lane }) => lane));
    this.#held = new Map(lanes.map((own) => [laneId(own.lane), { ...own, reader: this.#read(own) }]));
    this.#health.assigned(before);
    this.#onStarted();
  }

  #read({ lane, start }: OwnLane): LaneReader {
    return new LaneReader(this.link, this.names, lane, start, {
      onRecords: (records) => this.listener.onRecords(lane, records),
      onPositionLost: (next) => this.listener.onPositionLost?.({ ...lane, next }),
      onReplaced: (next) => {
        if (next !== undefined) this.#onReplaced({ ...lane, next });
        this.#replaced.add(laneId(lane));
        this.#onChange();
      },
      onTrouble: (error) => this.#health.on(laneId(lane), error),
    });
  }

  #onReplaced(position: LanePosition): void {
    const lane = laneId(position);
    this.log.error(
      `ALERT nats: what ${this.options.group} has read of ${lane}, up to ${position.next}, isn't in the stream any more; it is read again from its earliest record`,
    );
    this.listener.onPositionLost?.(position, 'replaced');
  }

  #isLost({ lane, revision }: OwnLane): boolean {
    const known = this.#member.state.lane(lane);
    // An older change is of a bucket that was made again.
    return known.revision !== revision && known.member !== this.#member.id;
  }

  #isFree(lane: Lane): boolean {
    const holder = this.#member.state.holderOf(lane);
    return holder === undefined || holder === this.#member.id;
  }

  async #take(lane: Lane): Promise<OwnLane | undefined> {
    const { revision: before, ...known } = this.#member.state.lane(lane);
    const entry = { ...known, member: this.#member.id };
    const revision = await this.#member.write(lane, entry, before).catch(() => undefined); // seen at the next sign of life
    if (revision === undefined) return undefined;
    return {
      lane,
      entry,
      revision,
      done: undefined,
      start: { log: entry.log, next: entry.next, record: entry.record },
    };
  }

  /** With what of them is done. */
  async #giveUp(lanes: readonly HeldLane[]): Promise<void> {
    if (!this.link.isUp) return; // others have them once this member is taken for dead
    await this.#writePositions(lanes, () => true, undefined).catch(() => {});
    const unwritten = lanes.filter(({ entry }) => entry.member !== undefined);
    await Promise.all(unwritten.map((held) => this.#writeOwn(held, { ...held.entry, member: undefined })));
  }

  /** Lanes that are its own by the group's state alone: the answer to a write was lost, or the membership had ended meanwhile. */
  async #giveUpForgotten(wanted: ReadonlySet<string>): Promise<void> {
    const isForgotten = (lane: Lane): boolean =>
      !wanted.has(laneId(lane)) &&
      !this.#held.has(laneId(lane)) &&
      this.#member.state.lane(lane).member === this.#member.id;
    const forgotten = this.#member.lanes().filter(isForgotten);
    await Promise.all(
      forgotten.map((lane) => {
        const { revision, ...entry } = this.#member.state.lane(lane);
        return this.#member.write(lane, { ...entry, member: undefined }, revision);
      }),
    );
  }

  #commitSoon(): void {
    if (this.#closed) return;
    this.#commitTimer ??= setTimeout(() => {
      this.#commitTimer = undefined;
      void this.#next(() => this.#commit());
    }, this.options.commitIntervalMs);
  }

  /** A position that isn't written costs redeliveries, which the inbox removes; the next one makes up for it. */
  async #commit(): Promise<void> {
    const lanes = [...this.#held.values()];
    const isStillHeld = (held: HeldLane): boolean => this.#held.get(laneId(held.lane)) === held;
    try {
      await this.#writePositions(lanes, isStillHeld, this.#member.id);
    } catch (error) {
      this.#commitSoon();
      throw error;
    }
  }

  async #writePositions(
    lanes: readonly HeldLane[],
    counts: (held: HeldLane) => boolean,
    member: string | undefined,
  ): Promise<void> {
    const moved = lanes.filter(hasMoved);
    if (moved.length === 0) return;
    await this.options.beforeCommit?.(moved.map(positionOf));
    const { owner } = this.options;
    const written = await Promise.allSettled(
      moved.filter(counts).map(async (held) => {
        const position = positionOf(held);
        const entry = { ...held.done, log: held.reader.log, owner, member };
        return (await this.#writeOwn(held, entry)) ? [position] : [];
      }),
    );
    const positions = written.flatMap((each) => (each.status === 'fulfilled' ? each.value : []));
    if (positions.length > 0) this.options.onCommitted?.(positions);
    for (const each of written) if (each.status === 'rejected') throw each.reason;
  }

  /** @returns whether the lane was still its own */
  async #writeOwn(held: HeldLane, entry: LaneEntry): Promise<boolean> {
    const revision = await this.#member.write(held.lane, entry, held.revision);
    if (revision === undefined) {
      this.#onChange();
      return false;
    }
    Object.assign(held, { entry, revision });
    return true;
  }
}
