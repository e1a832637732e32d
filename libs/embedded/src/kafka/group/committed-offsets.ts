import { forgetfulJournal, type Journal, openJournal } from '../log/journal.js';

export interface CommittedOffset {
  readonly offset: number;
  readonly leaderEpoch: number;
  readonly metadata: string | null;
  /** ms since 1970 */
  readonly committedAt: number;
}

export interface OffsetToCommit extends CommittedOffset {
  readonly topic: string;
  readonly partition: number;
}

type OffsetChange =
  | { readonly kind: 'committed'; readonly group: string; readonly offsets: readonly OffsetToCommit[] }
  | { readonly kind: 'group-deleted'; readonly group: string }
  | { readonly kind: 'topic-deleted'; readonly topic: string };

type OffsetsOfGroup = Map<string, Map<number, CommittedOffset>>;

/** The groups' committed offsets, by topic and partition. A commit is durable before it is answered. */
export class CommittedOffsets {
  readonly #groups = new Map<string, OffsetsOfGroup>();
  readonly #journal: Journal<OffsetChange>;

  /** @param path undefined keeps them in memory. */
  constructor(path: string | undefined) {
    this.#journal =
      path === undefined
        ? forgetfulJournal
        : openJournal<OffsetChange>(path, {
            parse: (value) => value as OffsetChange, // Our own file; the journal has checked it.
            replay: (change) => this.#apply(change),
            snapshot: () => this.#snapshot(),
          });
  }

  groupIds(): readonly string[] {
    return [...this.#groups.keys()];
  }

  has(group: string): boolean {
    return this.#groups.has(group);
  }

  get(group: string, topic: string, partition: number): CommittedOffset | undefined {
    return this.#groups.get(group)?.get(topic)?.get(partition);
  }

  /** By topic, then by partition. */
  ofGroup(group: string): ReadonlyMap<string, ReadonlyMap<number, CommittedOffset>> {
    return this.#groups.get(group) ?? new Map();
  }

  /** When the group committed last, in ms since 1970. */
  lastCommitOf(group: string): number {
    let last = 0;
    for (const partitions of this.ofGroup(group).values()) {
      for (const { committedAt } of partitions.values()) last = Math.max(last, committedAt);
    }
    return last;
  }

  commit(group: string, offsets: readonly OffsetToCommit[]): void {
    if (offsets.length > 0) this.#record({ kind: 'committed', group, offsets });
  }

  deleteGroup(group: string): void {
    if (this.#groups.has(group)) this.#record({ kind: 'group-deleted', group });
  }

  deleteTopic(topic: string): void {
    if ([...this.#groups.values()].some((topics) => topics.has(topic))) this.#record({ kind: 'topic-deleted', topic });
  }

  close(): void {
    this.#journal.close();
  }

  #record(change: OffsetChange): void {
    // Applied first: should this append cause a rewrite, the snapshot has the change; should it fail, nothing is
    // acknowledged and the client commits again.
    this.#apply(change);
    this.#journal.append(change);
  }

  #apply(change: OffsetChange): void {
    switch (change.kind) {
      case 'committed':
        for (const { topic, partition, ...committed } of change.offsets) {
          this.#partitionsOf(change.group, topic).set(partition, committed);
        }
        break;
      case 'group-deleted':
        this.#groups.delete(change.group);
        break;
      case 'topic-deleted':
        for (const topics of this.#groups.values()) topics.delete(change.topic);
        break;
    }
  }

  #partitionsOf(group: string, topic: string): Map<number, CommittedOffset> {
    const topics: OffsetsOfGroup = this.#groups.get(group) ?? new Map();
    this.#groups.set(group, topics);
    const partitions = topics.get(topic) ?? new Map<number, CommittedOffset>();
    topics.set(topic, partitions);
    return partitions;
  }

  *#snapshot(): Generator<OffsetChange> {
    for (const [group, topics] of this.#groups) {
      const offsets = [...topics].flatMap(([topic, partitions]) =>
        [...partitions].map(([partition, committed]) => ({ topic, partition, ...committed })),
      );
      yield { kind: 'committed', group, offsets };
    }
  }
}
