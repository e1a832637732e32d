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
import { BrokerUnavailable, MessagingMisconfigured, OpenParts, partitionOf } from '@waybill/messaging';

import { Connector, SharedConnection } from './connection.js';
import { Names } from './names.js';
import { toRabbitError } from './rabbit-errors.js';
import { RabbitLagReader } from './rabbit-lag-reader.js';
import { rabbitFaults, settingsOf } from './rabbit-options.js';
import type { RabbitOptions, RabbitSettings } from './rabbit-options.js';
import { RabbitPublisher } from './rabbit-publisher.js';
import { RabbitSubscription } from './rabbit-subscription.js';
import { Topics } from './topics.js';

/** {@link Broker} on RabbitMQ: a topic is a stream for each lane, a group a lease and a position for each. */
export class RabbitBroker implements Broker {
  readonly #settings: RabbitSettings;
  readonly #connector: Connector;
  readonly #names: Names;
  readonly #shared: SharedConnection;
  readonly #topics: Topics;
  readonly #open = new OpenParts();

  constructor(
    options: RabbitOptions,
    defaults: TopicDefaults,
    private readonly log: BrokerLog,
  ) {
    this.#settings = settingsOf(options);
    this.#connector = new Connector(this.#settings);
    this.#names = new Names(this.#settings.prefix);
    this.#shared = new SharedConnection(this.#connector, 'topics');
    this.#topics = new Topics(this.#shared, this.#names, this.#settings, defaults);
  }

  async createPublisher(): Promise<Publisher> {
    const publisher = new RabbitPublisher({
      connect: () => this.#connector.connect('publisher'),
      topics: this.#topics,
      names: this.#names,
      settings: this.#settings,
    });
    await publisher.connect();
    return this.#open.add(publisher);
  }

  async subscribe(options: SubscriptionOptions, listener: SubscriptionListener): Promise<Subscription> {
    const parts = {
      connect: () => this.#connector.connect(`consumer of ${options.group}`),
      topics: this.#topics,
      names: this.#names,
      prefetch: this.#settings.prefetch,
    };
    const subscription = this.#open.add(new RabbitSubscription(parts, options, listener, this.log));
    await subscription.start();
    return subscription;
  }

  partitionOf(key: Buffer, partitions: number): number {
    return partitionOf(key, partitions);
  }

  createLagReader(options: SubscriptionOptions): LagReader {
    const connection = new SharedConnection(this.#connector, `lag of ${options.group}`);
    return this.#open.add(new RabbitLagReader(connection, this.#topics, this.#names, options));
  }

  async ensureTopics(topics: readonly TopicSpec[]): Promise<readonly string[]> {
    const timeoutMs = this.#settings.startTimeoutMs;
    return this.#topics.ensure(topics, timeoutMs);
  }

  async describeTopics(topics: readonly string[]): Promise<readonly TopicLimits[]> {
    try {
      return await this.#topics.describe(topics);
    } catch (thrown) {
      throw BrokerUnavailable.settingsUntold(`RabbitMQ at ${this.#connector.nodes}`, topics, toRabbitError(thrown));
    }
  }

  async close(): Promise<void> {
    await this.#open.close();
    await this.#shared.close();
  }
}

/** For `MessagingModule.forRoot({ broker: rabbitBroker({ … }) })`. @throws MessagingMisconfigured naming all that is wrong with the options */
export function rabbitBroker(options: RabbitOptions): OpenBroker {
  const faults = rabbitFaults(options);
  if (faults.length > 0) throw new MessagingMisconfigured(faults);
  return (topics, log) => new RabbitBroker(options, topics, log);
}
