import type { LagReader, LaneLag, SubscriptionOptions } from '@waybill/messaging';

import { EndOffsetHistory } from './end-offset-history.js';
import type { KafkaAdmin, KafkaClient } from './kafka-client.js';
import { KafkaError } from './kafka-errors.js';
import type { TopicNames } from './topic-names.js';

const [MINUTE_MS, HOUR_MS] = [60_000, 3_600_000];
/** How far back a backlog is dated that is older than this process. */
const AGES_MS = [168, 72, 24, 12, 6, 3, 2, 1].map((hours) => hours * HOUR_MS);
const RECENT_AGES_MS = [30, 15, 10, 5, 3, 2, 1].map((minutes) => minutes * MINUTE_MS);

interface Committed {
  readonly next: bigint;
  readonly owner: string | undefined;
}

interface LaneOffsets {
  readonly partition: number;
  readonly first: bigint;
  readonly committed: bigint | undefined;
  readonly owner: string | undefined;
  /** Where the group continues: nothing committed, or nothing left there, means at the earliest record. */
  readonly next: bigint;
  readonly end: bigint;
}

/**
 * Committed offsets against the topics' ends: one OffsetFetch, and two ListOffsets a topic, on a connection of its own. A
 * lag's age is told by when its end was seen at the readings before; a backlog that was there before the first reading is
 * dated once, by asking for the offsets of times past.
 */
export class KafkaLagReader implements LagReader {
  readonly #histories = new Map<string, EndOffsetHistory>();
  #admin: Promise<KafkaAdmin> | undefined;
  #closed = false;

  constructor(
    private readonly client: Pick<KafkaClient, 'connectAdmin'>,
    private readonly names: TopicNames,
    private readonly options: SubscriptionOptions,
    private readonly clock: () => number = Date.now,
  ) {}

  async read(): Promise<readonly LaneLag[]> {
    return this.#read().catch((error: unknown) => {
      // kafkajs asks for each topic that it has ever met; a new connection has met none that is gone.
      if (error instanceof KafkaError && error.type === 'UNKNOWN_TOPIC_OR_PARTITION') return this.#read();
      throw error;
    });
  }

  async #read(): Promise<readonly LaneLag[]> {
    try {
      const admin = await this.#connected();
      const existing = new Set(await admin.listTopics());
      const topics = this.options.topics.filter((topic) => existing.has(this.names.toWire(topic)));
      const committed = await this.#committed(admin, topics);
      const lanes = await Promise.all(
        topics.map(async (topic) => {
          const offsets = await this.#offsets(admin, topic, committed);
          return this.#lagOf(admin, topic, offsets);
        }),
      );
      return lanes.flat();
    } catch (error) {
      await this.#disconnect();
      throw error;
    }
  }

  async close(): Promise<void> {
    this.#closed = true;
    await this.#disconnect();
  }

  async #committed(admin: KafkaAdmin, topics: readonly string[]): Promise<ReadonlyMap<string, Committed>> {
    const wireTopics = topics.map((topic) => this.names.toWire(topic));
    const committed = await admin.committedOffsets(this.names.toWire(this.options.group), wireTopics);
    return new Map(
      committed.map(({ topic, partition, offset, metadata }) => {
        const owner = metadata === null || metadata === '' ? undefined : metadata;
        return [`${topic}/${partition}`, { next: offset, owner }] as const;
      }),
    );
  }

  async #offsets(
    admin: KafkaAdmin,
    topic: string,
    committed: ReadonlyMap<string, Committed>,
  ): Promise<readonly LaneOffsets[]> {
    const wireTopic = this.names.toWire(topic);
    const ends = await admin.offsets(wireTopic);
    const inOrder = [...ends].sort((a, b) => a.partition - b.partition); // brokers answer in any order
    return inOrder.map(({ partition, first, end }) => {
      // negative: none, or reset to the earliest
      const { next: known, owner } = committed.get(`${wireTopic}/${partition}`) ?? { next: -1n, owner: undefined };
      const next = known < first ? first : known > end ? end : known;
      return { partition, first, committed: known < 0n ? undefined : known, owner, next, end };
    });
  }

  async #lagOf(admin: KafkaAdmin, topic: string, lanes: readonly LaneOffsets[]): Promise<readonly LaneLag[]> {
    const now = this.clock();
    const unknown = lanes.filter(
      ({ partition, next, end }) => end > next && !this.#histories.has(`${topic}/${partition}`),
    );
    if (unknown.length > 0) await this.#lookBack(admin, topic, unknown, now);
    return lanes.map(({ partition, first, committed, owner, next, end }) => {
      const history = this.#historyOf(topic, partition);
      history.add(now, end);
      const ageMs = history.ageMs(next, now);
      const messages = Number(end - next);
      const acknowledged = { next: committed?.toString(), owner };
      return { topic, partition, messages, ageMs, first: `${first}`, ...acknowledged, end: `${end}` };
    });
  }

  /** Ends of times past, as far as they are behind those that were read: a log only grows. */
  async #lookBack(admin: KafkaAdmin, topic: string, lanes: readonly LaneOffsets[], now: number): Promise<void> {
    const read = new Map(lanes.map(({ partition, end }) => [partition, end]));
    for (const ageMs of [...AGES_MS, ...RECENT_AGES_MS]) {
      const then = now - ageMs;
      const ends = await admin.offsetsAt(this.names.toWire(topic), then);
      for (const { partition, offset } of ends) {
        const end = read.get(partition);
        if (end === undefined) continue;
        this.#historyOf(topic, partition).add(then, offset < end ? offset : end);
      }
    }
  }

  #historyOf(topic: string, partition: number): EndOffsetHistory {
    const id = `${topic}/${partition}`;
    const history = this.#histories.get(id) ?? new EndOffsetHistory();
    this.#histories.set(id, history);
    return history;
  }

  async #connected(): Promise<KafkaAdmin> {
    if (this.#closed) throw new Error('The lag reader is closed');
    this.#admin ??= this.#connect();
    return this.#admin;
  }

  async #connect(): Promise<KafkaAdmin> {
    const admin = await this.client.connectAdmin();
    if (this.#closed) await admin.close(); // closed meanwhile: nobody else would
    return admin;
  }

  async #disconnect(): Promise<void> {
    const admin = this.#admin;
    this.#admin = undefined;
    await admin?.then((connected) => connected.close()).catch(() => {}); // what couldn't be opened is closed
  }
}
