// The embedded broker beside Apache Kafka, with kafkajs, in one run: medians of several rounds, and their ratios.
//   npm run bench:broker
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

import { startApacheKafka, startEmbeddedKafka } from '@waybill/embedded';
import { Kafka, logLevel, Partitioners } from 'kafkajs';

import { median } from './shared/statistics.js';

const ROUNDS = 3;
const PARTITIONS = 6;
const BATCHES = 60;
const BATCH_SIZE = 200;
const SINGLE_SENDS = 200;
const VALUE = Buffer.alloc(1024, 'x');

interface Round {
  readonly producedPerSecond: number;
  readonly consumedPerSecond: number;
  readonly produceLatencyMs: number;
}

async function measure(brokers: string): Promise<Round> {
  const kafka = new Kafka({ brokers: [brokers], logLevel: logLevel.NOTHING });
  const topic = `bench-${Date.now()}`;
  const admin = kafka.admin();
  await admin.connect();
  await admin.createTopics({ topics: [{ topic, numPartitions: PARTITIONS }], waitForLeaders: true });
  const producer = kafka.producer({ createPartitioner: Partitioners.DefaultPartitioner });
  await producer.connect();
  const batch = Array.from({ length: BATCH_SIZE }, (_, index) => ({ key: `key-${index}`, value: VALUE }));

  const latencies: number[] = [];
  for (let send = 0; send < SINGLE_SENDS; send++) {
    const before = performance.now();
    await producer.send({ topic, acks: -1, messages: [{ key: `key-${send}`, value: VALUE }] });
    latencies.push(performance.now() - before);
  }

  const produceStart = performance.now();
  for (let sent = 0; sent < BATCHES; sent += 4) {
    await Promise.all([1, 2, 3, 4].map(() => producer.send({ topic, acks: -1, messages: batch })));
  }
  const produceSeconds = (performance.now() - produceStart) / 1000;

  const total = BATCHES * BATCH_SIZE + SINGLE_SENDS;
  const consumer = kafka.consumer({ groupId: topic, maxWaitTimeInMs: 100 });
  await consumer.connect();
  await consumer.subscribe({ topic, fromBeginning: true });
  let consumed = 0;
  let first = 0;
  await new Promise<void>((done) => {
    void consumer.run({
      eachBatch: async ({ batch: { messages } }) => {
        if (first === 0) first = performance.now();
        consumed += messages.length;
        if (consumed === total) done();
      },
    });
  });
  const consumeSeconds = (performance.now() - first) / 1000;
  await Promise.all([consumer.disconnect(), producer.disconnect(), admin.disconnect()]);
  return {
    producedPerSecond: (BATCHES * BATCH_SIZE) / produceSeconds,
    consumedPerSecond: total / consumeSeconds,
    produceLatencyMs: median(latencies),
  };
}

const medians = (rounds: readonly Round[]): Round => ({
  producedPerSecond: median(rounds.map((round) => round.producedPerSecond)),
  consumedPerSecond: median(rounds.map((round) => round.consumedPerSecond)),
  produceLatencyMs: median(rounds.map((round) => round.produceLatencyMs)),
});

async function main(): Promise<void> {
  const workDir = mkdtempSync(join(tmpdir(), 'waybill-bench-'));
  const embeddedStart = performance.now();
  const embedded = await startEmbeddedKafka({ storage: { dataDir: join(workDir, 'embedded') } });
  const embeddedStartMs = performance.now() - embeddedStart;
  const apacheStart = performance.now();
  const apache = await startApacheKafka({ dataDir: join(workDir, 'apache'), cacheDir: resolve('.waybill/cache') });
  const apacheStartMs = performance.now() - apacheStart;
  try {
    const rounds: { readonly embedded: Round; readonly apache: Round }[] = [];
    for (let round = 0; round <= ROUNDS; round++) {
      rounds.push({ embedded: await measure(embedded.brokers), apache: await measure(apache.brokers) });
      process.stderr.write(`round ${round} of ${ROUNDS}\n`);
    }
    const warm = rounds.slice(1); // The first round warms both up.
    const ours = medians(warm.map((round) => round.embedded));
    const theirs = medians(warm.map((round) => round.apache));
    console.table({
      'start (ms)': row(embeddedStartMs, apacheStartMs),
      'produce, 1 KB in batches (messages/s)': row(ours.producedPerSecond, theirs.producedPerSecond),
      'consume (messages/s)': row(ours.consumedPerSecond, theirs.consumedPerSecond),
      'produce p50, one 1 KB message (ms)': row(ours.produceLatencyMs, theirs.produceLatencyMs),
    });
    console.log(`memory of this process, broker and clients: ${Math.round(process.memoryUsage.rss() / 1e6)} MB`);
  } finally {
    await embedded.stop();
    await apache.stop();
    rmSync(workDir, { recursive: true, force: true });
  }
}

const row = (embedded: number, apache: number): object => ({
  embedded: Number(embedded.toPrecision(3)),
  apache: Number(apache.toPrecision(3)),
  ratio: Number((embedded / apache).toPrecision(2)),
});

void main();
