// Orders per second, from REST to the terminal status, on the whole system as separate processes.
//   npm run bench:orders -- [--orders 3000] [--concurrency 1,64,256] [--partitions 3] [--warm-up 3000] [--runs 1] [--kafka apache|embedded] [--broker rabbitmq|nats|sqs]
//                           [--replicas 1] [--stored 0] [--with path/to/yardstick.mjs]…
// --replicas: processes of each app. --stored: so many orders have been fulfilled before, and are still in every database.
// Works on any KAFKA_BROKERS and DATABASE_URL; what isn't given is started and removed afterwards. RabbitMQ and NATS are those at RABBITMQ_URL
// and NATS_URL; sqs is fauxqs, an emulator, started here: its figures say nothing about AWS, and by default it gets fewer orders (200, 50 to warm up).
// A yardstick is the same job written by hand; it runs in turn with Waybill on the same broker and database, and the ratio is what counts.
import { parseArgs } from 'node:util';

import { batchesByApp } from './orders/batches.js';
import type { Batches } from './orders/batches.js';
import { runLoad } from './orders/load.js';
import type { LoadResult } from './orders/load.js';
import { benchedBroker } from './orders/server-space.js';
import { storeOrders } from './orders/stored-orders.js';
import { startSystem } from './orders/system.js';
import { usageByPart } from './orders/usage.js';
import type { Usage } from './orders/usage.js';
import { runYardstick } from './orders/yardstick.js';
import { kafkaOf } from './shared/infrastructure.js';
import { median } from './shared/statistics.js';

const { values } = parseArgs({
  options: {
    orders: { type: 'string' },
    concurrency: { type: 'string', default: '1,64,256' },
    partitions: { type: 'string', default: '3' },
    'warm-up': { type: 'string' },
    runs: { type: 'string', default: '1' },
    broker: { type: 'string', default: 'kafka' },
    kafka: { type: 'string', default: 'apache' },
    replicas: { type: 'string', default: '1' },
    stored: { type: 'string', default: '0' },
    with: { type: 'string', multiple: true, default: [] },
  },
});

const isEmulator = values.broker === 'sqs';
const orders = Number(values.orders ?? (isEmulator ? 200 : 3_000));
const warmUp = Number(values['warm-up'] ?? (isEmulator ? 50 : 3_000));

/** One order at a time takes long and tells little more after a few hundred. */
const ordersAt = (concurrency: number): number => Math.min(orders, Math.max(400, concurrency * 60));

async function main(): Promise<void> {
  const partitions = Number(values.partitions);
  const broker = values.broker === 'kafka' ? kafkaOf(values.kafka) : benchedBroker(values.broker);
  const system = await startSystem({
    broker,
    partitions,
    replicas: Number(values.replicas),
  });
  if (isEmulator) console.log('SNS and SQS are fauxqs, an emulator: nothing of this holds on AWS');
  try {
    if (Number(values.stored) > 0) {
      await storeOrders(system.databaseUrl, system.databasePrefix, Number(values.stored));
      console.log(`${values.stored} orders are stored`);
    }
    // Connections, prepared statements and, which takes thousands of orders, the compiled code are warm afterwards.
    await runLoad(system.orderUrls, warmUp, 64);
    for (const concurrency of values.concurrency.split(',').map(Number)) {
      const ours: LoadResult[] = [];
      const theirs = new Map<string, { ordersPerSecond: number; p50Ms: number }[]>();
      for (let run = 0; run < Number(values.runs); run++) {
        const before = usageByPart(broker);
        const batchesBefore = await batchesByApp(system.urls);
        const result = await runLoad(system.orderUrls, ordersAt(concurrency), concurrency);
        ours.push(result);
        printRun(result);
        printUsage(before, usageByPart(broker), result);
        printBatches(batchesBefore, await batchesByApp(system.urls));
        for (const script of values.with) {
          const yardstick = await runYardstick(script, system, ordersAt(concurrency), concurrency, partitions);
          theirs.set(script, [...(theirs.get(script) ?? []), yardstick]);
        }
      }
      for (const [script, results] of theirs) printRatio(script, concurrency, ours, results);
    }
  } finally {
    await system.stop();
  }
}

function printRun(result: LoadResult): void {
  const { orders, concurrency, ordersPerSecond, p50Ms, p95Ms, p99Ms, others } = result;
  const ms = (value: number): string => `${value.toFixed(1)} ms`;
  console.log(
    `waybill  ${orders} orders, ${concurrency} in flight: ${ordersPerSecond.toFixed(0)} orders/s  p50 ${ms(p50Ms)}  p95 ${ms(p95Ms)}  p99 ${ms(p99Ms)}`,
  );
  if (Object.keys(others).length > 0) console.log(`         not fulfilled: ${JSON.stringify(others)}`);
}

function printUsage(before: ReadonlyMap<string, Usage>, after: ReadonlyMap<string, Usage>, result: LoadResult): void {
  const seconds = result.orders / result.ordersPerSecond;
  const parts = [...after].map(([part, { cpuSeconds, rssMegabytes }]) => {
    const spent = cpuSeconds - (before.get(part)?.cpuSeconds ?? 0);
    const each = `${((spent / result.orders) * 1000).toFixed(2)} ms`;
    return `${part} ${((spent / seconds) * 100).toFixed(0)}% ${each} ${rssMegabytes.toFixed(0)} MB`;
  });
  console.log(`         CPU of one core, of one order, memory: ${parts.join(' · ')}`);
}

function printBatches(before: ReadonlyMap<string, Batches>, after: ReadonlyMap<string, Batches>): void {
  const parts = [...after].map(([app, { messages, batches, seconds }]) => {
    const start = before.get(app) ?? { messages: 0, batches: 0, seconds: 0 };
    const count = batches - start.batches;
    const size = (messages - start.messages) / count;
    return `${app} ${count} of ${size.toFixed(1)} in ${(((seconds - start.seconds) / count) * 1000).toFixed(1)} ms`;
  });
  console.log(`         batches, mean messages, mean time: ${parts.join(' · ')}`);
}

function printRatio(
  script: string,
  concurrency: number,
  ours: readonly LoadResult[],
  theirs: readonly { ordersPerSecond: number; p50Ms: number }[],
): void {
  const name = script.split('/').at(-1);
  const rate = median(theirs.map(({ ordersPerSecond }) => ordersPerSecond));
  const p50 = median(theirs.map(({ p50Ms }) => p50Ms));
  console.log(`${name}  ${concurrency} in flight: ${rate.toFixed(0)} orders/s  p50 ${p50.toFixed(1)} ms`);
  const ratio = median(ours.map(({ ordersPerSecond }) => ordersPerSecond)) / rate;
  console.log(
    `waybill / ${name} at ${concurrency}: ${ratio.toFixed(2)}x orders/s, ${(median(ours.map(({ p50Ms }) => p50Ms)) / p50).toFixed(2)}x p50`,
  );
}

await main();
