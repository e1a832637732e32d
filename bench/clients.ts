// What a message costs with each Kafka client: CPU time of this process, which holds nothing but a publisher and a consumer. Medians of
// rounds that take turns; the first round warms up.
//   npm run bench:clients -- [--rounds 5] [--messages 20000]
// Works on any KAFKA_BROKERS; Apache Kafka is started where none are given, as its CPU time must not be ours.
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';

import { kafkaBroker } from '@waybill/kafka';
import type { Broker } from '@waybill/messaging';

import { benchContract, benchRecord } from './consume/setting.js';
import { openInfrastructure } from './shared/infrastructure.js';
import { median } from './shared/statistics.js';

const CLIENTS = ['kafkajs', 'platformatic'] as const;
const IDLE_MS = 5_000;
const silent = { debug: () => {}, warn: () => {}, error: () => {} };

const { values } = parseArgs({
  options: { rounds: { type: 'string', default: '5' }, messages: { type: 'string', default: '20000' } },
});
const messages = Number(values.messages);

interface Costs {
  readonly 'published in requests of 100 (µs a message)': number;
  readonly 'published in requests of 5 (µs a message)': number;
  readonly 'consumed (µs a message)': number;
  readonly 'consumed one by one, as they come (µs a message)': number;
  readonly 'idle consumer (ms a second)': number;
}

async function cpuMs(work: () => Promise<unknown>): Promise<number> {
  const before = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1_000;
}

async function measure(brokers: readonly string[], client: (typeof CLIENTS)[number]): Promise<Costs> {
  const contract = benchContract('event', `clients-${Date.now()}`);
  const broker = kafkaBroker({ brokers, clientId: 'bench', client })({ partitions: 6 }, silent);
  await broker.ensureTopics([{ name: contract.topic, kind: contract.kind }]);
  const publisher = await broker.createPublisher();
  const records = Array.from({ length: 100 }, (_, n) => benchRecord(contract, `key-${n}`));
  const publish = async (count: number, size: number): Promise<void> => {
    const batch = records.slice(0, size);
    for (let sent = 0; sent < count; sent += size) await publisher.publish(batch);
  };
  const few = messages / 10;
  await publish(few, 100);
  const hundreds = await cpuMs(() => publish(messages, 100));
  const fives = await cpuMs(() => publish(few, 5));

  const reading = await consume(broker, contract.topic);
  const consumed = await cpuMs(() => reading.until(messages + 2 * few));
  const apart = await cpuMs(() => publish(few / 10, 1));
  await reading.until(messages + 2 * few + few / 10);
  await sleep(1_000);
  const idle = await cpuMs(() => sleep(IDLE_MS));
  await broker.close();
  return {
    'published in requests of 100 (µs a message)': (hundreds * 1_000) / messages,
    'published in requests of 5 (µs a message)': (fives * 1_000) / few,
    'consumed (µs a message)': (consumed * 1_000) / (messages + 2 * few),
    'consumed one by one, as they come (µs a message)': (apart * 1_000) / (few / 10),
    'idle consumer (ms a second)': idle / (IDLE_MS / 1_000),
  };
}

/** Starts to read once `until` is called for the first time: joining the group isn't counted. */
async function consume(broker: Broker, topic: string) {
  let count = 0;
  let reached = (): void => {};
  let wanted = Infinity;
  const subscription = await broker.subscribe(
    { group: topic, topics: [topic] },
    {
      onRecords: (_, records) => {
        count += records.length;
        if (count >= wanted) reached();
      },
      onAssigned: () => {},
      onHealth: () => {},
    },
  );
  return {
    subscription,
    until: (total: number): Promise<void> =>
      new Promise((resolve) => {
        wanted = total;
        reached = resolve;
        if (count >= wanted) resolve();
      }),
  };
}

async function main(): Promise<void> {
  const place = await openInfrastructure('apache');
  try {
    const rounds: Record<(typeof CLIENTS)[number], Costs[]> = { kafkajs: [], platformatic: [] };
    for (let round = 0; round <= Number(values.rounds); round++) {
      for (const client of CLIENTS) {
        const costs = await measure(place.kafkaBrokers, client);
        if (round > 0) rounds[client].push(costs);
      }
      process.stderr.write(`round ${round} of ${values.rounds}\n`);
    }
    const names = Object.keys(rounds.kafkajs[0] ?? {}) as (keyof Costs)[]; // its own
    const table = names.map((name) => {
      const [kafkajs, platformatic] = CLIENTS.map((client) => median(rounds[client].map((costs) => costs[name])));
      return [
        name,
        {
          kafkajs: round(kafkajs),
          platformatic: round(platformatic),
          ratio: round((platformatic ?? 0) / (kafkajs ?? 1)),
        },
      ];
    });
    console.table(Object.fromEntries(table));
  } finally {
    await place.stop();
  }
}

const round = (value = Number.NaN): number => Number(value.toPrecision(3));

void main();
