import type {
  Broker,
  BrokerLog,
  LagReader,
  OpenBroker,
  Publisher,
  Subscription,
  SubscriptionListener,
  SubscriptionOptions,
  TopicDefaults,
  TopicLimits,
  TopicSpec,
} from '@waybill/messaging';
import { BrokerUnavailable } from '@waybill/messaging';
import type { Admin, Kafka } from 'kafkajs';

import { createKafkaClient } from './create-kafka-client.js';
import { describeTopics } from './describe-topics.js';
import { ensureTopics } from './ensure-topics.js';
import { refusalOf, rootOf } from './kafka-errors.js';
import { KafkaLagReader } from './kafka-lag-reader.js';
import type { KafkaOptions } from './kafka-options.js';
import { KafkaPublisher } from './kafka-publisher.js';
import { KafkaSubscription } from './kafka-subscription.js';
import { partitionOf } from './partition-of.js';
import { TopicNames } from './topic-names.js';

/** {@link Broker} on Apache Kafka and what speaks its protocol, by kafkajs. */
export class KafkaBroker implements Broker {
  readonly #kafka: Kafka;
  readonly #names: TopicNames;
  #described: ReadonlyMap<string, TopicLimits> = new Map();
  readonly #open = new Set<{ close(): Promise<void> }>();

  constructor(
    private readonly options: KafkaOptions,
    private readonly topicDefaults: TopicDefaults,
    private readonly log: BrokerLog,
  ) {
    this.#names = new TopicNames(options.topicPrefix);
    this.#kafka = createKafkaClient(options, log);
  }

  async createPublisher(): Promise<Publisher> {
    const publisher = new KafkaPublisher(this.#kafka, this.#names);
    await publisher.connect();
    this.#open.add(publisher);
    return publisher;
  }

  async subscribe(options: SubscriptionOptions, listener: SubscriptionListener): Promise<Subscription> {
    const sessionTimeoutMs = this.options.sessionTimeoutMs ?? 10_000;
    const metadataMaxAgeMs = this.options.metadataMaxAgeMs ?? 30_000;
    const settings = { ...options, sessionTimeoutMs, metadataMaxAgeMs, commitIntervalMs: 500 };
    const subscription = new KafkaSubscription(this.#kafka, this.#names, settings, listener, this.log);
    this.#open.add(subscription);
    await subscription.startOrRebuild();
    return subscription;
  }

  partitionOf(key: Buffer, partitions: number): number {
    return partitionOf(key, partitions);
  }

  createLagReader(options: SubscriptionOptions): LagReader {
    const reader = new KafkaLagReader(this.#kafka, this.#names, options);
    this.#open.add(reader);
    return reader;
  }

  async ensureTopics(topics: readonly TopicSpec[]): Promise<readonly string[]> {
    const timeoutMs = this.options.startTimeoutMs ?? 5_000;
    return this.#asAdmin(timeoutMs, async (admin) => {
      const made = await ensureTopics(admin, topics, {
        names: this.#names,
        ...this.topicDefaults,
        replicationFactor: this.options.replicationFactor ?? -1,
        timeoutMs,
      });
      // On the connection that is open anyway. Who may not ask finds out when somebody wants to know.
      if (made.length > 0 || this.#described.size === 0) {
        const described = await describeTopics(admin, namesOf(topics), this.#names).catch(() => []);
        this.#described = new Map(described.map((limits) => [limits.topic, limits]));
      }
      return made;
    });
  }

  /** From what {@link ensureTopics} was told at the start, so that a boot costs one request. */
  async describeTopics(topics: readonly string[]): Promise<readonly TopicLimits[]> {
    const known = topics.flatMap((topic) => this.#described.get(topic) ?? []);
    if (known.length === topics.length) return known;
    return this.#asAdmin(this.options.startTimeoutMs ?? 5_000, (admin) =>
      describeTopics(admin, topics, this.#names),
    ).catch((cause: unknown) => {
      throw new BrokerUnavailable(`The broker doesn't tell the settings of ${topics.join(', ')}: ${String(cause)}`, {
        cause,
      });
    });
  }

  async close(): Promise<void> {
    await Promise.all([...this.#open].map((part) => part.close()));
    this.#open.clear();
  }

  async #asAdmin<Result>(timeoutMs: number, work: (admin: Admin) => Promise<Result>): Promise<Result> {
    const admin = this.#kafka.admin();
    await this.#connect(() => admin.connect(), timeoutMs);
    try {
      return await work(admin);
    } finally {
      await admin.disconnect();
    }
  }

  async #connect(connect: () => Promise<void>, timeoutMs: number): Promise<void> {
    const deadline = performance.now() + timeoutMs;
    for (;;) {
      try {
        return await connect();
      } catch (cause) {
        const brokers = this.options.brokers.join(', ');
        const refusal = refusalOf(rootOf(cause));
        if (refusal !== undefined)
          throw new BrokerUnavailable(`Kafka at ${brokers} can't be used: ${refusal}`, { cause });
        if (performance.now() > deadline) {
          throw new BrokerUnavailable(`No Kafka broker answered within ${timeoutMs} ms at ${brokers}`, { cause });
        }
        await new Promise((resolve) => setTimeout(resolve, 250));
      }
    }
  }
}

function namesOf(topics: readonly TopicSpec[]): readonly string[] {
  return topics.map(({ name }) => name);
}

/** For `MessagingModule.forRoot({ broker: kafkaBroker({ … }) })`. */
export function kafkaBroker(options: KafkaOptions): OpenBroker {
  return (topics, log) => new KafkaBroker(options, topics, log);
}
