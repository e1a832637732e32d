import { OpenParts, partitionOf } from '@waybill/messaging';
import type {
  Broker,
  BrokerLog,
  LagReader,
  Lane,
  OpenBroker,
  Publisher,
  Subscription,
  SubscriptionListener,
  SubscriptionOptions,
  TopicDefaults,
  TopicLimits,
  TopicSpec,
} from '@waybill/messaging';

import { Keys, RedisConnection } from './redis-connection.js';
import type { RedisOptions } from './redis-connection.js';
import { RedisLagReader } from './redis-lag-reader.js';
import { MOST_BYTES, RedisPublisher } from './redis-publisher.js';
import { RedisSubscription } from './redis-subscription.js';
import { CREATE } from './scripts.js';

const [HOUR_MS, WEEK_MS] = [3_600_000, 604_800_000];

/** {@link Broker} on Redis Streams, from 7.0, on one primary with or without replicas; not on a cluster: its scripts use several keys. */
export class RedisBroker implements Broker {
  readonly #redis: RedisConnection;
  readonly #keys: Keys;
  readonly #open = new OpenParts();

  constructor(
    private readonly options: RedisOptions,
    private readonly topicDefaults: TopicDefaults,
    private readonly log: BrokerLog,
  ) {
    this.#redis = new RedisConnection(options, log);
    this.#keys = new Keys(options.prefix);
  }

  async createPublisher(): Promise<Publisher> {
    return new RedisPublisher(this.#redis, this.#keys, async (topic) => (await this.#lanesOf([topic])).length);
  }

  async subscribe(options: SubscriptionOptions, listener: SubscriptionListener): Promise<Subscription> {
    const reading = new RedisConnection(this.options, this.log);
    const member = { ...options, lanes: () => this.#lanesOf(options.topics) };
    const subscription = this.#open.add(new RedisSubscription(this.#redis, reading, this.#keys, member, listener));
    await subscription.start();
    return subscription;
  }

  partitionOf(key: Buffer, partitions: number): number {
    return partitionOf(key, partitions);
  }

  createLagReader({ group, topics }: SubscriptionOptions): LagReader {
    return new RedisLagReader(this.#redis, this.#keys, group, () => this.#lanesOf(topics));
  }

  // #region topics
  async ensureTopics(topics: readonly TopicSpec[]): Promise<readonly string[]> {
    await this.#redis.ready();
    await this.#warn();
    const { partitions, retentionMs: byDefault = WEEK_MS } = this.topicDefaults;
    const created = topics.map(async ({ name, retentionMs = byDefault }) => {
      const isNew = await this.#redis.run(CREATE, [this.#keys.topic(name)], String(partitions), String(retentionMs));
      return isNew === 1 ? [name] : [];
    });
    return (await Promise.all(created)).flat();
  }

  /** Redis takes anything, and says nothing: what is lost when it goes down depends on how it is configured. */
  async #warn(): Promise<void> {
    const info = String(await this.#redis.send('INFO'));
    const has = (line: string): boolean => info.split('\r\n').includes(line);
    if (!has('aof_enabled:1'))
      this.log.warn('Redis has no append-only file: what it has acknowledged is gone after a crash');
    if (!has('maxmemory_policy:noeviction'))
      this.log.warn('Redis may evict streams when its memory is full: set maxmemory-policy noeviction');
  }
  // #endregion

  async describeTopics(topics: readonly string[]): Promise<readonly TopicLimits[]> {
    await this.#redis.ready();
    const described = topics.map(async (topic) => {
      const retention = await this.#redis.send('HGET', this.#keys.topic(topic), 'retentionMs');
      if (retention === null) return [];
      const retentionMs = Number(retention) < 0 ? Infinity : Number(retention);
      return [{ topic, retentionMs, segmentMs: HOUR_MS, maxMessageBytes: MOST_BYTES }];
    });
    return (await Promise.all(described)).flat();
  }

  async close(): Promise<void> {
    await this.#open.close();
    this.#redis.close();
  }

  async #lanesOf(topics: readonly string[]): Promise<readonly Lane[]> {
    const lanes = topics.map(async (topic) => {
      const count = await this.#redis.send('HGET', this.#keys.topic(topic), 'partitions');
      return Array.from({ length: Number(count ?? 0) }, (_, partition) => ({ topic, partition }));
    });
    return (await Promise.all(lanes)).flat();
  }
}

/** For `MessagingModule.forRoot({ broker: redisBroker({ … }) })`. */
export function redisBroker(options: RedisOptions): OpenBroker {
  return (topics, log) => new RedisBroker(options, topics, log);
}
