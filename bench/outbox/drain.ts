import { encodeEnvelope } from '@waybill/messaging';
import { until } from '@waybill/outbox/testing';
import { Kafka, logLevel, Partitioners } from 'kafkajs';

import { benchMessage, watched } from './setting.js';
import type { Bench } from './setting.js';

const BATCH = 500;

/** The same records by hand: one request of 500 in flight, acks=all. */
export async function measureRaw(bench: Bench, messages: number): Promise<number> {
  const topic = await bench.newTopic();
  const kafka = new Kafka({ brokers: [...bench.kafkaBrokers], logLevel: logLevel.NOTHING });
  const producer = kafka.producer({ createPartitioner: Partitioners.DefaultPartitioner });
  await producer.connect();
  const records = Array.from({ length: messages }, (_, n) => {
    const { id, contract, time, correlationId, subject, data, key } = benchMessage(topic, `order-${n}`);
    const envelope = { id, source: '/bench', type: contract.type, time, correlationId, subject: subject ?? '' };
    return { key, value: JSON.stringify(data), headers: { ...encodeEnvelope(envelope, key) } };
  });
  await producer.send({ topic, acks: -1, messages: records.slice(0, 1) }); // connections and metadata
  const start = performance.now();
  for (let n = 0; n < messages; n += BATCH) {
    await producer.sendBatch({ acks: -1, topicMessages: [{ topic, messages: records.slice(n, n + BATCH) }] });
  }
  const seconds = (performance.now() - start) / 1000;
  await producer.disconnect();
  return messages / seconds;
}

/** A relay that finds the messages in the table, until all are acknowledged and marked. */
export async function measureDrain(bench: Bench, messages: number): Promise<number> {
  const { harness, broker } = bench;
  const topic = await bench.newTopic();
  const outbox = harness.outbox();
  for (let n = 0; n < messages; n += 1_000) {
    await harness.add(outbox, ...Array.from({ length: 1_000 }, (_, i) => benchMessage(topic, `order-${n + i}`)));
  }
  let acknowledged = 0;
  let start = 0;
  const { relay } = harness.withRelay(
    watched(broker, (ids) => (acknowledged += ids.length)),
    { topics: [topic], relay: { leaseMs: 5_000, pollIntervalMs: 1_000 } },
  );
  relay.start();
  await until('the relay publishes', () => acknowledged > 0);
  start = performance.now();
  const first = acknowledged;
  await until('all are acknowledged', () => acknowledged >= messages, 120_000);
  const seconds = (performance.now() - start) / 1000;
  await until('all are marked', async () => (await harness.unpublished()) === 0, 120_000);
  await relay.stop();
  return (messages - first) / seconds;
}
