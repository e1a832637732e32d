import { randomBytes } from 'node:crypto';

import { testKafkaBrokers } from '@waybill/embedded/testing';
import { testedClient, testKafka } from '@waybill/kafka/testing';
import type { Broker } from '@waybill/messaging';
import { NATS_URL, natsAnswers, removeStreams, testNats } from '@waybill/nats/testing';
import { rabbitAnswers, rabbitUrl, TestRabbit } from '@waybill/rabbitmq/testing';
import { emulatorEnv, removeTopic, testBroker } from '@waybill/sqs/testing';
import { Kafka, logLevel } from 'kafkajs';

export const TESTED_BROKERS = ['kafka', 'rabbitmq', 'nats', 'sqs'] as const;
export type TestedBroker = (typeof TESTED_BROKERS)[number];

export interface OpenOptions {
  readonly partitions?: number;
  readonly retentionMs?: number | undefined;
  /** After how long without a sign of life a member has lost its lanes, where that can be set so short. */
  readonly sessionTimeoutMs?: number;
}

export interface Names {
  readonly topics: readonly string[];
  readonly groups: readonly string[];
}

/** What one test has at the broker of the run, under a prefix of its own. */
export interface BrokerSpace {
  readonly prefix: string;
  /** Environment of services that use it. */
  readonly settings: Readonly<Record<string, string>>;
  /** Logs nothing. */
  open(options?: OpenOptions): Broker;
  /** As somebody with the rights, and the wrong window, would. */
  deleteTopic(topic: string): Promise<void>;
  /** Removes what was made through brokers that it opened, and what is named. A Kafka that the run has started goes with the run. */
  remove(names?: Names): Promise<void>;
}

/** The broker that the specs of this run are tried on: WAYBILL_BROKER, by default Kafka. */
export function testedBroker(): TestedBroker {
  const name = process.env['WAYBILL_BROKER'] ?? 'kafka';
  const known = TESTED_BROKERS.find((one) => one === name);
  if (known === undefined) throw new Error(`WAYBILL_BROKER must be one of ${TESTED_BROKERS.join(', ')}, got "${name}"`);
  return known;
}

/** Why nothing can be tried on it; `undefined` = it answers. */
export function absence(): string | undefined {
  const broker = testedBroker();
  if (broker === 'sqs')
    return emulatorUrl() === '' ? 'nobody has started an emulator of SQS: npm run test:brokers does' : undefined;
  if (broker === 'kafka' || (broker === 'rabbitmq' ? rabbitAnswers() : natsAnswers())) return undefined;
  const [name, url] = broker === 'rabbitmq' ? ['RABBITMQ_URL', rabbitUrl] : ['NATS_URL', NATS_URL];
  return `no ${broker} answers at ${name}, ${URL.canParse(url) ? new URL(url).host : 'which is not a URL'}`;
}

const SPACES: Readonly<Record<TestedBroker, (prefix: string, address?: string) => BrokerSpace>> = {
  kafka: onKafka,
  rabbitmq: onRabbit,
  nats: onNats,
  sqs: onSqs,
};

/** Of the emulator that scripts/test-apart.mjs has started for the run. */
export function emulatorUrl(): string {
  return process.env['WAYBILL_EMULATOR'] ?? '';
}

/**
 * @param prefix one that another process has made, or will make, things under
 * @param address KAFKA_BROKERS or BROKER_URL of another server of this kind
 */
export function brokerSpace(prefix = `t${randomBytes(5).toString('hex')}.`, address?: string): BrokerSpace {
  return SPACES[testedBroker()](prefix, address);
}

function onKafka(prefix: string, address = testKafkaBrokers().join(',')): BrokerSpace {
  const brokers = address.split(',');
  return {
    prefix,
    settings: { KAFKA_BROKERS: address, KAFKA_PREFIX: prefix, KAFKA_CLIENT: testedClient },
    open: (options) => testKafka({ brokers, topicPrefix: prefix, ...options }),
    async deleteTopic(topic) {
      const admin = new Kafka({ clientId: 'somebody', brokers, logLevel: logLevel.NOTHING }).admin();
      await admin.connect();
      await admin.deleteTopics({ topics: [`${prefix}${topic}`] });
      await admin.disconnect();
    },
    remove: async () => {},
  };
}

function onRabbit(prefix: string, url = rabbitUrl): BrokerSpace {
  const rabbit = new TestRabbit(prefix, url);
  return {
    prefix,
    // A system with six lanes a topic has some 400 files open at the server, which often may open no more than 1,024.
    settings: { KAFKA_BROKERS: '', BROKER_URL: url, BROKER_PREFIX: prefix, TOPIC_PARTITIONS: '3' },
    open: ({ partitions, retentionMs } = {}) =>
      rabbit.broker({ retentionMs, ...(partitions !== undefined && { partitions }) }),
    deleteTopic: (topic) => rabbit.withChannel((channel) => rabbit.deleteTopic(channel, topic)),
    remove: (names = { topics: [], groups: [] }) => {
      rabbit.adopt(names);
      return rabbit.remove();
    },
  };
}

function onNats(prefix: string, url = NATS_URL): BrokerSpace {
  return {
    prefix,
    settings: { KAFKA_BROKERS: '', BROKER_URL: url, BROKER_PREFIX: prefix },
    open: (options = {}) => testNats({ servers: [url], topicPrefix: prefix, ...options }),
    deleteTopic: (topic) => removeStreams([`${prefix}${topic}`], url),
    remove: () => removeStreams([prefix], url),
  };
}

/** What is made stays: the emulator goes with the run. */
function onSqs(prefix: string, url = emulatorUrl()): BrokerSpace {
  return {
    prefix,
    settings: {
      KAFKA_BROKERS: '',
      BROKER_URL: 'sqs://',
      BROKER_PREFIX: prefix,
      TOPIC_PARTITIONS: '3',
      ...emulatorEnv(url),
    },
    open: ({ partitions = 3, retentionMs, ...options } = {}) =>
      testBroker(url, { prefix, ...options, topics: { partitions, retentionMs } }),
    deleteTopic: (topic) => removeTopic(url, prefix, topic),
    remove: async () => {},
  };
}
