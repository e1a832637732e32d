import type { NodeConnectionOptions } from '@nats-io/transport-node';
import { BrokerUnavailable, MessagingMisconfigured, OpenParts, partitionOf } from '@waybill/messaging';
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

import { connectionOptions, natsFaults } from './connection-options.js';
import { describeTopics, ensureTopics } from './ensure-topics.js';
import { nameFault, NatsNames } from './names.js';
import { NatsLink } from './nats-connection.js';
import { NatsLagReader } from './nats-lag-reader.js';
import type { NatsOptions } from './nats-options.js';
import { NatsPublisher } from './nats-publisher.js';
import { NatsSubscription } from './nats-subscription.js';

/** {@link Broker} on NATS JetStream. */
export class NatsBroker implements Broker {
  readonly #link: NatsLink;
  readonly #names: NatsNames;
  readonly #open = new OpenParts();

  constructor(
    private readonly options: NatsOptions,
    connection: NodeConnectionOptions,
    private readonly topicDefaults: TopicDefaults,
    log: BrokerLog,
  ) {
    this.#link = new NatsLink(connection, log);
    this.#names = new NatsNames(options.topicPrefix);
    this.#log = log;
  }

  readonly #log: BrokerLog;

  async createPublisher(): Promise<Publisher> {
    await this.#link.open();
    return this.#open.add(new NatsPublisher(this.#link, this.#names));
  }

  async subscribe(options: SubscriptionOptions, listener: SubscriptionListener): Promise<Subscription> {
    const fault = nameFault(options.group);
    if (fault !== undefined) throw new MessagingMisconfigured([`the group ${JSON.stringify(options.group)} ${fault}`]);
    const { sessionTimeoutMs = 10_000, metadataMaxAgeMs = 30_000, startTimeoutMs = 5_000, replicas = 1 } = this.options;
    const settings = { sessionTimeoutMs, metadataMaxAgeMs, startTimeoutMs, replicas, commitIntervalMs: 500 };
    const all = { ...options, ...settings };
    const subscription = this.#open.add(new NatsSubscription(this.#link, this.#names, all, listener, this.#log));
    await subscription.start();
    return subscription;
  }

  partitionOf(key: Buffer, partitions: number): number {
    return partitionOf(key, partitions);
  }

  createLagReader(options: SubscriptionOptions): LagReader {
    return this.#open.add(new NatsLagReader(this.#link, this.#names, options));
  }

  async ensureTopics(topics: readonly TopicSpec[]): Promise<readonly string[]> {
    const { startTimeoutMs: timeoutMs = 5_000, replicas = 1, duplicateWindowMs = 120_000 } = this.options;
    const { jsm } = await this.#link.openWithin(timeoutMs);
    const options = { ...this.topicDefaults, replicas, duplicateWindowMs, timeoutMs };
    return ensureTopics(jsm, this.#names, topics, options);
  }

  async describeTopics(topics: readonly string[]): Promise<readonly TopicLimits[]> {
    const { connection, jsm } = await this.#link.openWithin(this.options.startTimeoutMs ?? 5_000);
    return describeTopics(connection, jsm, this.#names, topics).catch((cause: unknown) => {
      throw BrokerUnavailable.settingsUntold('NATS', topics, cause);
    });
  }

  async close(): Promise<void> {
    await this.#open.close();
    await this.#link.close();
  }
}

/**
 * For `MessagingModule.forRoot({ broker: natsBroker({ … }) })`.
 * @throws MessagingMisconfigured with all that is wrong with the options
 */
export function natsBroker(options: NatsOptions): OpenBroker {
  const faults = natsFaults(options);
  if (faults.length > 0) throw new MessagingMisconfigured(faults);
  return (topics, log) => new NatsBroker(options, connectionOptions(options), topics, log);
}
