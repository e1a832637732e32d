// Where the time of one order goes: a few orders, one after the other, each followed from its request over every transaction and message to the
// answer, as a waterfall. What it waits for without anybody working is in there, too.
//   npm run bench:trace -- [--orders 20] [--warm-up 1000] [--partitions 3] [--kafka apache|embedded]
// Works on any KAFKA_BROKERS and DATABASE_URL; what isn't given is started and removed afterwards.
import { once } from 'node:events';
import { parseArgs } from 'node:util';

import { runLoad } from './orders/load.js';
import { openOrderClient } from './orders/order-client.js';
import { startSystem } from './orders/system.js';
import type { RunningSystem } from './orders/system.js';
import { kafkaOf } from './shared/infrastructure.js';
import { traceOrder } from './trace/order-spans.js';
import type { PlacedOrder, ServiceEvent } from './trace/order-spans.js';
import { nowMs } from './trace/trace-event.js';
import type { TraceEvent } from './trace/trace-event.js';
import { printWaterfall } from './trace/waterfall.js';

const { values } = parseArgs({
  options: {
    orders: { type: 'string', default: '20' },
    'warm-up': { type: 'string', default: '1000' },
    partitions: { type: 'string', default: '3' },
    kafka: { type: 'string', default: 'apache' },
  },
});

/** Faster than one by one; all connections have their prepared statements then. */
const WARM_UP_IN_FLIGHT = 16;

async function main(): Promise<void> {
  const system = await startSystem({
    broker: kafkaOf(values.kafka),
    partitions: Number(values.partitions),
    replicas: 1,
    preload: new URL('trace/recorder.js', import.meta.url).href,
  });
  try {
    await runLoad(system.orderUrls, Number(values['warm-up']), WARM_UP_IN_FLIGHT);
    for (const { child } of system.processes) child.send('start recording');
    const orders = await placeOneByOne(system.orderUrls, Number(values.orders));
    const events = await recordedBy(system);
    console.log(printWaterfall(orders.map((order) => traceOrder(events, order))).join('\n'));
  } finally {
    await system.stop();
  }
}

async function placeOneByOne(urls: readonly string[], count: number): Promise<readonly PlacedOrder[]> {
  const client = openOrderClient(urls, 1);
  const orders: PlacedOrder[] = [];
  await client.placeAndWait(); // opens the connection
  for (let n = 0; n < count; n++) {
    const correlationId = `trace-${n}`;
    const sentAtMs = nowMs();
    const end = await client.placeAndWait({ 'x-correlation-id': correlationId });
    const answeredAtMs = nowMs();
    if (end !== 'FULFILLED') throw new Error(`A traced order ended as ${end}`);
    orders.push({ correlationId, sentAtMs, answeredAtMs });
  }
  client.close();
  return orders;
}

async function recordedBy({ processes }: RunningSystem): Promise<readonly ServiceEvent[]> {
  const ofServices = await Promise.all(
    processes.map(async ({ service, child }) => {
      const answer = once(child, 'message') as Promise<[TraceEvent[]]>; // the recorder's one answer
      child.send('end recording');
      const [events] = await answer;
      return events.map((event) => ({ ...event, service }));
    }),
  );
  return ofServices.flat();
}

await main();
