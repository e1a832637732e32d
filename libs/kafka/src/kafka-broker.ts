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
import { BrokerUnavailable, OpenParts, partitionOf } from '@waybill/messaging';

import { describeTopics } from './describe-topics.js';
import { ensureTopics } from './ensure-topics.js';
import type { KafkaAdmin, KafkaClient } from './kafka-client.js';
import { KafkaError } from './kafka-errors.js';
import { KafkaLagReader } from './kafka-lag-reader.js';
import type { KafkaOptions } from './kafka-options.js';
import { KafkaPublisher } from './kafka-publisher.js';
import { KafkaSubscription } from './kafka-subscription.js';
import { openClient } from './open-client.js';
import { TopicNames } from './topic-names.js';

/** {@link Broker} on Apache Kafka and what speaks its protocol. */
export class KafkaBroker implements Broker {
  #client: Promise<KafkaClient> | undefined;
  readonly #names: TopicNames;
  #described: ReadonlyMap<string, TopicLimits> = new Map();
  readonly #open = new OpenParts();

  constructor(
    private readonly options: KafkaOptions,
    private readonly topicDefaults: TopicDefaults,
    private readonly log: BrokerLog,
  ) {
    this.#names = new TopicNames(options.topicPrefix);
  }

  async createPublisher(): Promise<Publisher> {
    const publisher = new KafkaPublisher(await this.#theClient(), this.#names);
    await publisher.connect();
    return this.#open.add(publisher);
  }

  async subscribe(options: SubscriptionOptions, listener: SubscriptionListener): Promise<Subscription> {
    const sessionTimeoutMs = this.options.sessionTimeoutMs ?? 10_000;
    const metadataMaxAgeMs = this.options.metadataMaxAgeMs ?? 30_000;
    const settings = { ...options, sessionTimeoutMs, metadataMaxAgeMs, commitIntervalMs: 500 };
    const client = await this.#theClient();
    const subscription = this.#open.add(new KafkaSubscription(client, this.#names, settings, listener, this.log));
    await subscription.start();
    return subscription;
  }

  partitionOf(key: Buffer, partitions: number): number {
    return partitionOf(key, partitions);
  }

  createLagReader(options: SubscriptionOptions): LagReader {
    const client = { connectAdmin: async () => (await this.#theClient()).connectAdmin() };
    return this.#open.add(new KafkaLagReader(client, this.#names, options));
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
      throw BrokerUnavailable.settingsUntold(`Kafka at ${this.options.brokers.join(', ')}`, topics, cause);
    });
  }

  async close(): Promise<void> {
    await this.#open.close();
  }

  #theClient(): Promise<KafkaClient> {
    this.#client ??= openClient(this.options, this.log);
    return this.#client;
  }

  async #asAdmin<Result>(timeoutMs: number, work: (admin: KafkaAdmin) => Promise<Result>): Promise<Result> {
    const admin = await this.#connectAdmin(timeoutMs);
    try {
      return await work(admin);
    } finally {
      await admin.close();
    }
  }

  async #connectAdmin(timeoutMs: number): Promise<KafkaAdmin> {
    const deadline = performance.now() + timeoutMs;
    for (;;) {
      try {
        const client = await this.#theClient();
        return await client.connectAdmin();
      } catch (cause) {
        const brokers = this.options.brokers.join(', ');
        if (cause instanceof KafkaError && cause.refusal !== undefined) {
          throw new BrokerUnavailable(`Kafka at ${brokers} can't be used: ${cause.refusal}`, { cause });
        }
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
