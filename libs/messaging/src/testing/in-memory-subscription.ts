import type {
  BrokerRecord,
  Lane,
  LanePosition,
  Subscription,
  SubscriptionListener,
  SubscriptionOptions,
  UnreadableRecords,
} from '../broker.js';

export interface Log extends Lane {
  readonly records: BrokerRecord[];
  /** Positions of records that nobody can read. */
  readonly spoilt: Set<number>;
}

export interface Group {
  readonly members: Set<InMemorySubscription>;
  readonly committed: Map<Log, number>;
  readonly owners: Map<Log, string | undefined>;
}

export function rebalance({ members, committed }: Group): void {
  const all = [...members];
  for (const [index, member] of all.entries()) {
    member.assign(
      member.logs.filter((_, lane) => lane % all.length === index),
      committed,
    );
  }
}

/** A lane from its assignment to the next one. */
interface AssignedLog {
  position: number;
  done: number | undefined;
}

export class InMemorySubscription implements Subscription {
  readonly #assigned = new Map<Log, AssignedLog>();
  readonly #paused = new Set<Log>();
  readonly #standing = new Map<Log, UnreadableRecords>();
  #scheduled = false;
  #committing: Promise<void> = Promise.resolve();
  #closed = false;

  constructor(
    readonly logs: readonly Log[],
    private readonly listener: SubscriptionListener,
    private readonly group: Group,
    private readonly hooks: Omit<SubscriptionOptions, 'group' | 'topics'>,
  ) {}

  assign(logs: readonly Log[], committed: ReadonlyMap<Log, number>): void {
    this.#assigned.clear();
    this.#paused.clear();
    this.#standing.clear();
    for (const log of logs) {
      const position = Number(this.hooks.startAt?.(log) ?? committed.get(log) ?? 0);
      this.#assigned.set(log, { position, done: undefined });
    }
    this.listener.onAssigned(logs.map(({ topic, partition }) => ({ topic, partition })));
    this.listener.onHealth(true);
    this.deliverSoon();
  }

  deliverSoon(): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    setImmediate(() => {
      this.#scheduled = false;
      for (const [log, assigned] of this.#assigned) {
        const { position } = assigned;
        if (this.#paused.has(log) || this.#standing.has(log)) continue;
        const until = [...log.spoilt].find((spoilt) => spoilt >= position) ?? Infinity;
        const records = log.records.slice(position, Math.min(position + 1_000, until));
        if (records.length === 0 && log.records.length > until) this.#standStill(log, until);
        if (records.length === 0) continue;
        assigned.position += records.length;
        this.listener.onRecords({ topic: log.topic, partition: log.partition }, records);
        this.deliverSoon();
      }
    });
  }

  pause(lane: Lane): void {
    const log = this.#find(lane);
    if (log) this.#paused.add(log);
  }

  resume(lane: Lane): void {
    const log = this.#find(lane);
    if (log) this.#paused.delete(log);
    this.deliverSoon();
  }

  skip(lane: Lane, { first, next }: UnreadableRecords): void {
    const log = this.#find(lane);
    const assigned = log && this.#assigned.get(log);
    if (log === undefined || assigned === undefined || this.#standing.get(log)?.first !== first) return;
    this.#standing.delete(log);
    assigned.position = Number(next);
    this.deliverSoon();
  }

  async acknowledge(positions: readonly LanePosition[]): Promise<void> {
    for (const position of positions) {
      const log = this.#find(position);
      const assigned = log && this.#assigned.get(log);
      if (assigned) assigned.done = Number(position.next);
    }
    await this.#commitNext();
  }

  /** One at a time, or an older position could be handed over last. */
  async #commitNext(): Promise<void> {
    this.#committing = this.#committing.then(() => this.#commit());
    await this.#committing;
  }

  async close(): Promise<void> {
    this.#closed = true;
    if (!this.group.members.delete(this)) return;
    this.#assigned.clear();
    rebalance(this.group);
  }

  /** A lane that was lost and came back meanwhile starts over. */
  async #commit(): Promise<void> {
    const moved = [...this.#assigned].flatMap(([log, assigned]) => {
      const { done } = assigned;
      return done === undefined || done === this.group.committed.get(log) ? [] : [{ log, assigned, done }];
    });
    if (moved.length === 0) return;
    try {
      await this.hooks.beforeCommit?.(moved.map(positionOf));
    } catch {
      if (!this.#closed) setTimeout(() => void this.#commitNext(), 20).unref();
      return;
    }
    const held = moved.filter(({ log, assigned }) => this.#assigned.get(log) === assigned);
    for (const { log, done } of held) {
      this.group.committed.set(log, done);
      this.group.owners.set(log, this.hooks.owner);
    }
    if (held.length > 0) this.hooks.onCommitted?.(held.map(positionOf));
  }

  #standStill(log: Log, position: number): void {
    const records = { first: String(position), next: String(position + 1), reason: 'spoilt by a test' };
    this.#standing.set(log, records);
    this.listener.onUnreadable?.({ topic: log.topic, partition: log.partition }, records);
  }

  #find({ topic, partition }: Lane): Log | undefined {
    return [...this.#assigned.keys()].find((log) => log.topic === topic && log.partition === partition);
  }
}

function positionOf({ log: { topic, partition }, done }: { readonly log: Log; readonly done: number }): LanePosition {
  return { topic, partition, next: String(done) };
}
