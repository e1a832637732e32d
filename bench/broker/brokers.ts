import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

import { findJava, startApacheKafka, startEmbeddedKafka } from '@waybill/embedded';
import { kafkaBroker } from '@waybill/kafka';
import type { Broker } from '@waybill/messaging';
import { NATS_URL, natsAnswers, removeTestStreams, testNats, testPrefix } from '@waybill/nats/testing';
import { rabbitAnswers, rabbitUrl, TestRabbit } from '@waybill/rabbitmq/testing';
import { Emulator, testBroker } from '@waybill/sqs/testing';

export const PARTITIONS = 6;
const MOST_ON_EMULATOR = 600;

/** A broker to measure, with the adapter that services would use. */
export interface MeasuredBroker {
  readonly name: string;
  /** What a round publishes in requests of 100, at most. @default no limit */
  readonly mostMessages?: number;
  open(): Broker;
  /** Of all that `open` has given: what they made is gone, too. */
  stop(): Promise<void>;
}

const silent = { debug: () => {}, warn: () => {}, error: () => {} };

/** In one process with its client, as the only one of them. */
async function embedded(): Promise<MeasuredBroker> {
  const dataDir = mkdtempSync(join(tmpdir(), 'waybill-bench-'));
  const kafka = await startEmbeddedKafka({ storage: { dataDir } });
  return {
    name: 'embedded Kafka',
    open: () => openKafka(kafka.brokers),
    async stop() {
      await kafka.stop();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}

async function apache(): Promise<MeasuredBroker | string> {
  try {
    findJava();
  } catch {
    return 'Apache Kafka: there is no Java';
  }
  const dataDir = mkdtempSync(join(tmpdir(), 'waybill-bench-'));
  const kafka = await startApacheKafka({ dataDir, cacheDir: resolve('.waybill/cache') });
  return {
    name: 'Apache Kafka',
    open: () => openKafka(kafka.brokers),
    async stop() {
      await kafka.stop();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}

function openKafka(brokers: string): Broker {
  return kafkaBroker({ brokers: [brokers], clientId: 'bench' })({ partitions: PARTITIONS }, silent);
}

async function rabbitmq(): Promise<MeasuredBroker | string> {
  if (!rabbitAnswers()) return `RabbitMQ: nobody answers at RABBITMQ_URL (${new URL(rabbitUrl).host})`;
  const rabbit = new TestRabbit();
  return {
    name: 'RabbitMQ',
    open: () => rabbit.broker({ partitions: PARTITIONS }),
    stop: () => rabbit.remove(),
  };
}

async function nats(): Promise<MeasuredBroker | string> {
  if (!natsAnswers()) return `NATS: nobody with JetStream answers at NATS_URL (${new URL(NATS_URL).host})`;
  const topicPrefix = testPrefix();
  return {
    name: 'NATS JetStream',
    open: () => testNats({ topicPrefix, partitions: PARTITIONS }),
    stop: () => removeTestStreams(),
  };
}

/** Says what the adapter costs on an emulator that gives out one record at a time, and nothing about AWS. */
async function sqs(): Promise<MeasuredBroker> {
  const emulator = await Emulator.start();
  return {
    name: `fauxqs, an emulator of SNS and SQS (${MOST_ON_EMULATOR} messages)`,
    mostMessages: MOST_ON_EMULATOR,
    open: () => testBroker(emulator.url, { topics: { partitions: PARTITIONS } }),
    stop: () => emulator.kill(),
  };
}

/** By the name that `--brokers` gives; a sentence where there is none to measure. */
export const BROKERS: Readonly<Record<string, () => Promise<MeasuredBroker | string>>> = {
  embedded,
  apache,
  rabbitmq,
  nats,
  sqs,
};
