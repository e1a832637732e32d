import { ConnectionPool, ProtocolError } from '@platformatic/kafka';
import type { Consumer } from '@platformatic/kafka';

import type { ConsumerListener, Partition } from '../kafka-client.js';
import { KafkaError } from '../kafka-errors.js';
import type { KafkaOptions } from '../kafka-options.js';
import { UnreachableBrokers } from '../unreachable-brokers.js';
import { connectionOptions, guardConnections } from './connection.js';
import { FetchApi } from './fetch-api.js';
import type { FetchedPartition } from './fetch-api.js';
import { FetchPlan, isActive, laneId } from './fetch-plan.js';
import type { FetchedLane } from './fetch-plan.js';
import { inOurErrors, toKafkaError } from './platformatic-errors.js';
import { groupPositions, earliestPosition } from './positions.js';
import { readBatches } from './read-batches.js';

/** A poll that finds nothing, while some partitions are paused: they may be resumed at any moment, and are in no fetch before the next one. */
const LONGEST_BESIDE_PAUSED_MS = 100;
const MAX_BYTES = 10_485_760;
/** After what passes by itself: a leader that has moved, a broker that is being started. */
const AGAIN_MS = 250;
const MOST_FAILURES = 8;

const OUT_OF_RANGE = 1;
/** Another broker leads the partition now, or none does. */
const LEADER_MOVED = new Set([5, 6, 9, 56, 72, 74, 75, 76, 78]);

export interface SessionOptions {
  readonly connection: KafkaOptions;
  readonly maxWaitMs: number;
  readonly sessionTimeoutMs: number;
}

/**
 * Fetches what one generation of the group has been assigned, on connections of its own, one loop for each broker that leads some of
 * it: heartbeats wait for no poll, and a new generation waits for no answer of the old one. Closing it ends the polls.
 */
export class FetchSession {
  readonly #pool: ConnectionPool;
  readonly #plan: FetchPlan;
  readonly #nodes = new Set<number>();
  readonly #unreachable: UnreachableBrokers;
  #api: FetchApi | undefined;
  /** Whichever broker it was. */
  #answeredAt = 0;
  #closed = false;

  constructor(
    private readonly consumer: Consumer,
    partitions: readonly Partition[],
    private readonly options: SessionOptions,
    private readonly listener: ConsumerListener,
  ) {
    this.#plan = new FetchPlan(partitions);
    this.#unreachable = new UnreachableBrokers(options.sessionTimeoutMs, listener);
    this.#pool = new ConnectionPool(options.connection.clientId, connectionOptions(options.connection));
    guardConnections(this.#pool);
  }

  get partitions(): readonly Partition[] {
    return this.#plan.lanes;
  }

  pause(partition: Partition): void {
    this.#plan.pause(partition);
  }

  resume(partition: Partition): void {
    this.#plan.resume(partition);
  }

  seek(partition: Partition, offset: bigint): void {
    this.#plan.seek(partition, offset);
  }

  /** Begins where the group has been, unless it was told to seek. What ends it is told to the listener. */
  start(): void {
    this.#guarded(async () => {
      this.#api = await inOurErrors(() => FetchApi.of(this.consumer));
      const unknown = this.#plan.lanes.filter(({ position }) => position === undefined);
      const positions = await groupPositions(this.consumer, unknown);
      for (const lane of unknown) lane.position ??= positions.get(laneId(lane));
      await this.#followLeaders();
      if (this.#plan.lanes.length === 0) this.listener.onProgress();
    });
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    this.#plan.wake();
    await this.#pool.close().catch(() => {}); // a connection that fails while it is closed is gone, too
  }

  async #followLeaders(): Promise<void> {
    const topics = [...new Set(this.#plan.lanes.map(({ topic }) => topic))];
    if (topics.length === 0) return;
    const metadata = await inOurErrors(() => this.consumer.metadata({ topics, forceUpdate: true }));
    for (const node of this.#plan.follow(metadata)) {
      if (this.#nodes.has(node)) continue;
      this.#nodes.add(node);
      this.#guarded(() => this.#fetchFrom(node));
    }
  }

  #guarded(work: () => Promise<void>): void {
    void work().catch((error: unknown) => {
      if (!this.#closed) this.listener.onCrash(toKafkaError(error));
    });
  }

  async #fetchFrom(node: number): Promise<void> {
    let [failures, failingSince] = [0, 0];
    while (!this.#closed) {
      const lanes = this.#plan.active(node);
      if (lanes.length === 0) {
        this.#unreachable.answered(node);
        await this.#plan.woken();
        continue;
      }
      const answers = await this.#fetch(node, lanes).catch((error: unknown) => toKafkaError(error));
      if (this.#closed) return;
      if (answers instanceof KafkaError) {
        failures += 1;
        if (failures === 1) failingSince = performance.now();
        const isHopeless = failures > MOST_FAILURES && !this.#anyAnsweredSince(failingSince);
        if (!answers.isConnectionProblem || answers.refusal !== undefined || isHopeless) throw answers;
        this.#unreachable.failed(node, answers);
        await this.#again();
        continue;
      }
      failures = 0;
      this.#answeredAt = performance.now();
      this.#unreachable.answered(node);
      const hasMoved = await this.#takeAll(answers);
      if (this.#closed) return;
      this.#unreachable.progressed();
      if (hasMoved) await this.#again();
    }
  }

  /** Then only one broker is gone: its lanes get another leader, and the others go on meanwhile. */
  #anyAnsweredSince(time: number): boolean {
    return this.#answeredAt > time;
  }

  async #again(): Promise<void> {
    await new Promise((resolve) => setTimeout(resolve, AGAIN_MS));
    if (this.#closed) return;
    await this.#followLeaders().catch((error: unknown) => {
      if (!toKafkaError(error).isConnectionProblem) throw error;
    });
  }

  async #fetch(
    node: number,
    lanes: readonly FetchedLane[],
  ): Promise<readonly (readonly [FetchedLane, bigint, FetchedPartition])[]> {
    const api = this.#api;
    const broker = this.#plan.broker(node);
    if (!api || !broker)
      throw new KafkaError('The broker has left the cluster', { isConnectionProblem: true, cause: node });
    const connection = await this.#pool.get(broker);
    const asked = new Map(lanes.map((lane) => [laneId(lane), { lane, from: lane.position ?? 0n }]));
    const { maxWaitMs } = this.options;
    const answer = await api.fetch(connection, this.#plan.request(lanes, api.usesIds), {
      maxWaitMs: this.#plan.anyPaused ? Math.min(LONGEST_BESIDE_PAUSED_MS, maxWaitMs) : maxWaitMs,
      maxBytes: MAX_BYTES,
    });
    if (answer.errorCode !== 0) throw errorOf(answer.errorCode);
    return answer.partitions.flatMap((part) => {
      const topic = api.usesIds ? this.#plan.topicOf(part.topic) : part.topic;
      const found = asked.get(laneId({ topic, partition: part.partition }));
      return found ? [[found.lane, found.from, part] as const] : [];
    });
  }

  /** @returns whether some partition has another leader now */
  async #takeAll(answers: readonly (readonly [FetchedLane, bigint, FetchedPartition])[]): Promise<boolean> {
    let hasMoved = false;
    for (const [lane, from, { errorCode, batches, aborted }] of answers) {
      if (errorCode === OUT_OF_RANGE) await this.#recover(lane, from);
      else if (LEADER_MOVED.has(errorCode)) hasMoved = true;
      else if (errorCode !== 0) throw errorOf(errorCode);
      else if (batches.length > 0) this.#take(lane, from, await readBatches(batches, from, aborted));
      if (this.#closed) return false;
    }
    return hasMoved;
  }

  /** What was fetched for a partition that was paused or sought meanwhile is dropped, and fetched again. */
  #take(
    lane: FetchedLane,
    from: bigint,
    { records, lastOffset, unreadable }: Awaited<ReturnType<typeof readBatches>>,
  ): void {
    if (this.#closed || !isActive(lane) || lane.position !== from) return;
    if (lastOffset !== undefined && lastOffset >= from) lane.position = lastOffset + 1n;
    lane.isBlocked = unreadable !== undefined;
    const { topic, partition } = lane;
    this.listener.onFetched({ topic, partition, records, lastOffset: lastOffset?.toString(), unreadable });
  }

  async #recover(lane: FetchedLane, lost: bigint): Promise<void> {
    const earliest = await earliestPosition(this.consumer, lane);
    if (this.#closed || lane.position !== lost) return;
    lane.position = earliest;
    this.listener.onPositionLost({ topic: lane.topic, partition: lane.partition }, String(lost));
  }
}

function errorOf(code: number): KafkaError {
  return toKafkaError(new ProtocolError(code));
}
