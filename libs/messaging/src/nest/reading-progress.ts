import { Inject, Injectable } from '@nestjs/common';
import type { OnApplicationShutdown } from '@nestjs/common';
import { ModuleRef } from '@nestjs/core';

import type { Broker, LagReader, LaneLag } from '../broker.js';
import { comparePositions } from '../lanes/compare-positions.js';
import { laneId } from '../lanes/lane-id.js';
import type { LaneLedger, LaneMark } from '../lanes/lane-ledger.js';
import type { FailureStore } from '../ports.js';
import { BROKER, FAILURE_STORE } from '../tokens.js';
import { findPorts } from './consumer-ports.js';
import { MESSAGING_OPTIONS } from './messaging-options.js';
import type { MessagingModuleOptions } from './messaging-options.js';

/** How far a group has come on some topics, and how far there is to go, at one moment. */
export interface ReadingState {
  /**
   * Whether everything that lay on the key's lanes at an earlier moment has been acknowledged, by this database's account too:
   * an older copy of it reads again what the broker takes for read. Nothing has been on a topic that is gone, or that was made
   * again while the group's position is still that of the old one. Of a log that has taken the place of another, only what it
   * holds itself counts: what lay on the old one is lost, and `lostAtMs` says so.
   */
  hasRead(earlier: ReadingState, key: string): boolean;
  /** By topic and partition. */
  readonly ends: ReadonlyMap<string, bigint>;
  /** When records of these topics were last found lost, by the database's clock; nobody may have read them. */
  readonly lostAtMs: number | undefined;
}

/**
 * How far this service's group, with all its replicas, has come: code that acts because a message didn't arrive asks first
 * whether it only wasn't read.
 */
@Injectable()
export class ReadingProgress implements OnApplicationShutdown {
  readonly #readers = new Map<string, LagReader>();

  constructor(
    @Inject(MESSAGING_OPTIONS) private readonly options: MessagingModuleOptions,
    @Inject(BROKER) private readonly broker: Broker,
    private readonly moduleRef: ModuleRef,
  ) {}

  /** @throws when the broker can't say */
  async read(topics: readonly string[]): Promise<ReadingState> {
    const { laneLedger: ledger } = findPorts(this.moduleRef);
    const marks = (await ledger?.marks(this.options.group)) ?? []; // first: what is handled meanwhile isn't in them
    const lanes = await this.#readerOf(topics).read();
    const byId = new Map(lanes.map((lane) => [laneId(lane), lane]));
    const handled = ledger && (await this.#handled(ledger, marks, lanes));
    const partitions = new Map(topics.map((topic) => [topic, lanes.filter((lane) => lane.topic === topic).length]));
    const isRead = (topic: string, key: string, ends: ReadingState['ends']): boolean => {
      const count = partitions.get(topic) ?? 0;
      if (count === 0) return false;
      const id = laneId({ topic, partition: this.broker.partitionOf(Buffer.from(key), count) });
      const lane = byId.get(id);
      if (lane === undefined) return false;
      const acknowledged = BigInt(lane.next ?? lane.first);
      const known = handled?.get(id) ?? acknowledged;
      const next = known < acknowledged ? known : acknowledged;
      const [first, end] = [BigInt(lane.first), BigInt(lane.end)];
      const before = ends.get(id) ?? 0n;
      return next <= end && (next < first ? first : next) >= (before < end ? before : end);
    };
    // Those who look after the lanes find it too, but maybe later than what is decided by this reading.
    for (const mark of marks) {
      const lane = byId.get(laneId(mark));
      const issue = lane && comparePositions(mark, lane, 'running');
      if (issue?.kind === 'replaced') await ledger?.report(this.options.group, issue);
    }
    return {
      ends: new Map(lanes.map((lane) => [laneId(lane), BigInt(lane.end)])),
      lostAtMs: await ledger?.lastLossAtMs(this.options.group, topics),
      hasRead: ({ ends }, key) => topics.every((topic) => isRead(topic, key, ends)),
    };
  }

  /**
   * Keys of which messages on these topics were acknowledged, but wait: for another attempt, or behind one.
   * @param subscriber the name of the handlers that are asked about, where they have one: each has a sequence of its own
   */
  async waiting(
    tx: unknown,
    topics: readonly string[],
    keys: readonly string[],
    subscriber?: string,
  ): Promise<ReadonlySet<string>> {
    const store = this.moduleRef.get<FailureStore<unknown>>(FAILURE_STORE, { strict: false });
    const asked = topics.flatMap((topic) => keys.map((key) => ({ topic, key })));
    const parked = await store.parkedKeys(
      tx,
      this.options.group,
      asked.map(({ topic, key }) => ({
        topic,
        key: Buffer.from(key),
        ...(subscriber !== undefined && { subscriber }),
      })),
    );
    return new Set(asked.filter((_, index) => parked[index] === true).map(({ key }) => key));
  }

  async onApplicationShutdown(): Promise<void> {
    await Promise.all([...this.#readers.values()].map((reader) => reader.close()));
  }

  /**
   * How far this database has handled lanes, by `laneId`. It has marked whatever the broker was told in its name: a lane with its
   * positions and without a mark was first read after it was copied. Positions of others, or of before that was kept, say nothing of it.
   */
  async #handled(
    ledger: LaneLedger<never>,
    marks: readonly LaneMark[],
    lanes: readonly LaneLag[],
  ): Promise<ReadonlyMap<string, bigint>> {
    const handled = new Map(marks.map((mark) => [laneId(mark), BigInt(mark.next)]));
    const unmarked = lanes.filter((lane) => lane.owner !== undefined && !handled.has(laneId(lane)));
    if (unmarked.length === 0) return handled;
    const [own] = await ledger.installations(this.options.group);
    for (const lane of unmarked) if (lane.owner === own) handled.set(laneId(lane), 0n);
    return handled;
  }

  #readerOf(topics: readonly string[]): LagReader {
    const id = topics.join(' ');
    const reader = this.#readers.get(id) ?? this.broker.createLagReader({ group: this.options.group, topics });
    this.#readers.set(id, reader);
    return reader;
  }
}
