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

import { Aws } from './aws.js';
import { nameFault, SqsNames } from './names.js';
import { Slots } from './slots.js';
import { toError } from './sqs-errors.js';
import { SqsLagReader } from './sqs-lag-reader.js';
import { settingsOf, sqsFaults } from './sqs-options.js';
import type { SqsOptions, SqsSettings } from './sqs-options.js';
import { SqsPublisher } from './sqs-publisher.js';
import { SqsSubscription } from './sqs-subscription.js';
import { Topics } from './topics.js';

/** {@link Broker} on SNS and SQS: a lane is a FIFO topic, and behind it a FIFO queue for each group. */
export class SqsBroker implements Broker {
  readonly #settings: SqsSettings;
  readonly #aws: Aws;
  readonly #names: SqsNames;
  readonly #topics: Topics;
  readonly #slots: Slots;
  readonly #open = new OpenParts();

  constructor(
    options: SqsOptions,
    defaults: TopicDefaults,
    private readonly log: BrokerLog,
  ) {
    this.#settings = settingsOf(options);
    this.#aws = new Aws(this.#settings);
    this.#names = new SqsNames(this.#settings.prefix);
    this.#topics = new Topics(this.#aws, this.#names, this.#settings, defaults);
    this.#slots = new Slots(this.#aws, this.#names, this.#topics, this.#settings.spares);
  }

  async createPublisher(): Promise<Publisher> {
    return this.#open.add(new SqsPublisher(this.#aws, this.#topics));
  }

  async subscribe(options: SubscriptionOptions, listener: SubscriptionListener): Promise<Subscription> {
    const fault = nameFault(options.group);
    if (fault !== undefined) throw new MessagingMisconfigured([`the group ${JSON.stringify(options.group)} ${fault}`]);
    const parts = {
      aws: this.#aws,
      names: this.#names,
      topics: this.#topics,
      slots: this.#slots,
      settings: this.#settings,
      log: this.log,
    };
    const subscription = this.#open.add(new SqsSubscription(parts, options, listener));
    await subscription.start();
    return subscription;
  }

  partitionOf(key: Buffer, partitions: number): number {
    return partitionOf(key, partitions);
  }

  createLagReader(options: SubscriptionOptions): LagReader {
    const parts = { aws: this.#aws, names: this.#names, topics: this.#topics, slots: this.#slots };
    return this.#open.add(new SqsLagReader(parts, options));
  }

  async ensureTopics(topics: readonly TopicSpec[]): Promise<readonly string[]> {
    return this.#topics.ensure(topics);
  }

  async describeTopics(topics: readonly string[]): Promise<readonly TopicLimits[]> {
    try {
      return await this.#topics.describe(topics);
    } catch (cause) {
      throw BrokerUnavailable.settingsUntold(this.#aws.place, topics, toError(cause));
    }
  }

  async close(): Promise<void> {
    await this.#open.close();
    await this.#aws.close();
  }
}

/**
 * For `MessagingModule.forRoot({ broker: sqsBroker({ … }) })`.
 * @throws MessagingMisconfigured with all that is wrong with the options
 */
export function sqsBroker(options: SqsOptions): OpenBroker {
  const faults = sqsFaults(options);
  if (faults.length > 0) throw new MessagingMisconfigured(faults);
  return (topics, log) => new SqsBroker(options, topics, log);
}
