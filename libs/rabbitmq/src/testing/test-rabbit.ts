import { spawnSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';

import type { Broker, SubscriptionOptions, TopicDefaults } from '@waybill/messaging';
import { connect } from 'amqplib';
import type { Channel } from 'amqplib';

import { Names } from '../names.js';
import { rabbitBroker } from '../rabbit-broker.js';
import type { RabbitOptions } from '../rabbit-options.js';

export interface TestRabbitOptions extends Partial<RabbitOptions>, Partial<TopicDefaults> {}

export const rabbitUrl = process.env['RABBITMQ_URL'] ?? 'amqp://guest:guest@127.0.0.1:5672';

const LOOK = `const { hostname, port, protocol } = new URL(process.argv[1]);
const socket = require('node:net').connect(Number(port || (protocol === 'amqps:' ? 5671 : 5672)), hostname);
socket.on('connect', () => process.exit(0)).on('error', () => process.exit(1));
setTimeout(() => process.exit(1), 2_000);`;

let answers: boolean | undefined;

/** Whether anybody answers at RABBITMQ_URL. */
export function rabbitAnswers(): boolean {
  answers ??= spawnSync(process.execPath, ['-e', LOOK, rabbitUrl]).status === 0;
  return answers;
}

/** What needs a RabbitMQ: at RABBITMQ_URL, by default on its standard port. Skipped, and said to be, where none answers. */
export function describeOnRabbit(title: string, tests: () => void): void {
  if (rabbitAnswers()) return describe(title, tests);
  const { host } = new URL(rabbitUrl);
  process.stderr.write(`Skipped: ${title}: no RabbitMQ answers at ${host}; RABBITMQ_URL names another one\n`);
  describe.skip(title, tests);
}

const silent = { error: () => {}, warn: () => {}, debug: () => {} };
const MOST_LANES = 12;

/** Brokers that share a prefix of their own, and remember what they have declared, so that it can be removed. */
export class TestRabbit {
  readonly #brokers: Broker[] = [];
  readonly #topics = new Set<string>();
  readonly #groups = new Set<string>();

  constructor(
    readonly prefix = `t${randomUUID().slice(0, 8)}.`,
    private readonly url = rabbitUrl,
  ) {}

  broker({ partitions = 3, retentionMs, ...options }: TestRabbitOptions = {}): Broker {
    const open = rabbitBroker({ urls: [this.url], name: 'test', prefix: this.prefix, ...options });
    const broker = open({ partitions, retentionMs }, silent);
    this.#brokers.push(broker);
    const remember = ({ group }: SubscriptionOptions): void => void this.#groups.add(group);
    return {
      createPublisher: () => broker.createPublisher(),
      partitionOf: (key, count) => broker.partitionOf(key, count),
      describeTopics: (topics) => broker.describeTopics(topics),
      close: () => broker.close(),
      subscribe: (subscription, listener) => {
        remember(subscription);
        return broker.subscribe(subscription, listener);
      },
      createLagReader: (subscription) => {
        remember(subscription);
        return broker.createLagReader(subscription);
      },
      ensureTopics: (topics) => {
        for (const { name } of topics) this.#topics.add(name);
        return broker.ensureTopics(topics);
      },
    };
  }

  /** One broker that takes everything with it when it is closed. */
  brokerAlone(options?: TestRabbitOptions): Broker {
    return { ...this.broker(options), close: () => this.remove() };
  }

  /** Takes what others declare under the prefix for its own. */
  adopt({ topics, groups }: { readonly topics: readonly string[]; readonly groups: readonly string[] }): void {
    for (const topic of topics) this.#topics.add(topic);
    for (const group of groups) this.#groups.add(group);
  }

  /** Closes the brokers, and deletes what was declared through them. */
  async remove(): Promise<void> {
    await Promise.all(this.#brokers.splice(0).map((broker) => broker.close()));
    await this.withChannel(async (channel) => {
      for (const topic of this.#topics) await this.deleteTopic(channel, topic);
      for (const group of this.#groups) await this.#deleteGroup(channel, group);
    });
  }

  async withChannel<Result>(work: (channel: Channel) => Promise<Result>): Promise<Result> {
    const connection = await connect(this.url);
    try {
      const channel = await connection.createChannel();
      const result = await work(channel);
      await channel.close(); // what was published is on its way
      return result;
    } finally {
      await connection.close();
    }
  }

  async deleteTopic(channel: Channel, topic: string): Promise<void> {
    const names = new Names(this.prefix);
    await channel.deleteExchange(names.topic(topic));
    await channel.deleteQueue(names.topic(topic));
    for (const partition of lanes) await channel.deleteQueue(names.lane({ topic, partition }));
  }

  async #deleteGroup(channel: Channel, group: string): Promise<void> {
    const names = new Names(this.prefix);
    await channel.deleteExchange(names.members(group));
    for (const topic of this.#topics) {
      for (const partition of lanes) {
        await channel.deleteQueue(names.lease(group, { topic, partition }));
        await channel.deleteQueue(names.position(group, { topic, partition }));
      }
    }
  }
}

const lanes = Array.from({ length: MOST_LANES }, (_, partition) => partition);
