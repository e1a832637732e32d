import type { Broker, ClusterMetadata } from '@platformatic/kafka';

import type { Partition } from '../kafka-client.js';
import type { FetchRequestTopic } from './fetch-api.js';

const MAX_BYTES_PER_PARTITION = 1_048_576;

/** A partition that is fetched. `isBlocked`: what comes next can't be read. */
export interface FetchedLane extends Partition {
  /** The next offset to fetch, once it is known. */
  position: bigint | undefined;
  isPaused: boolean;
  isBlocked: boolean;
  leader: number | undefined;
}

/** Which partitions are to be fetched from which broker, from where on. */
export class FetchPlan {
  readonly lanes: readonly FetchedLane[];
  readonly #byId: ReadonlyMap<string, FetchedLane>;
  #turn = 0;
  readonly #wakers = new Set<() => void>();
  #brokers: ReadonlyMap<number, Broker> = new Map();
  #ids: ReadonlyMap<string, string> = new Map();
  #topics: ReadonlyMap<string, string> = new Map();

  constructor(partitions: readonly Partition[]) {
    this.lanes = partitions.map(({ topic, partition }) => {
      return { topic, partition, position: undefined, isPaused: false, isBlocked: false, leader: undefined };
    });
    this.#byId = new Map(this.lanes.map((lane) => [laneId(lane), lane]));
  }

  get anyPaused(): boolean {
    return this.lanes.some(({ isPaused }) => isPaused);
  }

  pause(partition: Partition): void {
    const lane = this.#byId.get(laneId(partition));
    if (lane) lane.isPaused = true;
  }

  resume(partition: Partition): void {
    const lane = this.#byId.get(laneId(partition));
    if (lane) lane.isPaused = false;
    this.wake();
  }

  /** Also resumes it. */
  seek(partition: Partition, offset: bigint): void {
    const lane = this.#byId.get(laneId(partition));
    if (lane) Object.assign(lane, { position: offset, isPaused: false, isBlocked: false });
    this.wake();
  }

  /** Takes over who leads what. @returns the brokers that lead something */
  follow({ brokers, topics }: ClusterMetadata): ReadonlySet<number> {
    this.#brokers = brokers;
    this.#ids = new Map([...topics].map(([name, { id }]) => [name, id]));
    this.#topics = new Map([...topics].map(([name, { id }]) => [id, name]));
    for (const lane of this.lanes) lane.leader = topics.get(lane.topic)?.partitions[lane.partition]?.leader;
    this.wake();
    return new Set(this.lanes.flatMap(({ leader }) => leader ?? []));
  }

  broker(node: number): Broker | undefined {
    return this.#brokers.get(node);
  }

  topicOf(id: string): string {
    return this.#topics.get(id) ?? id;
  }

  /** Another one comes first each time: a broker fills its answer in the order of the request. */
  active(node: number): readonly FetchedLane[] {
    const lanes = this.lanes.filter((lane) => lane.leader === node && lane.position !== undefined && isActive(lane));
    this.#turn += 1;
    const first = this.#turn % Math.max(1, lanes.length);
    return [...lanes.slice(first), ...lanes.slice(0, first)];
  }

  request(lanes: readonly FetchedLane[], byId: boolean): FetchRequestTopic[] {
    const topics = new Map<string, FetchRequestTopic>();
    for (const { topic, partition, position = 0n } of lanes) {
      const asked = topics.get(topic) ?? { topicId: byId ? (this.#ids.get(topic) ?? '') : topic, partitions: [] };
      topics.set(topic, asked);
      asked.partitions.push({
        partition,
        currentLeaderEpoch: -1,
        fetchOffset: position,
        lastFetchedEpoch: -1,
        partitionMaxBytes: MAX_BYTES_PER_PARTITION,
      });
    }
    return [...topics.values()];
  }

  /** Until something has changed. */
  woken(): Promise<void> {
    return new Promise((resolve) => this.#wakers.add(resolve));
  }

  wake(): void {
    for (const wake of this.#wakers) wake();
    this.#wakers.clear();
  }
}

export function isActive({ isPaused, isBlocked }: FetchedLane): boolean {
  return !isPaused && !isBlocked;
}

export function laneId({ topic, partition }: Partition): string {
  return `${topic} ${partition}`;
}
