import type { BrokerRecord, Lane } from '@waybill/messaging';

import { natsBroker } from '../nats-broker.js';

/** A member of a group in a process of its own. It handles each record for a while, tells its parent, then acknowledges it. */
const { url, topicPrefix, topic, sessionTimeoutMs, partitions } = JSON.parse(process.env['MEMBER'] ?? '{}');
const silent = { error: () => {}, warn: () => {}, debug: () => {} };
const settings = {
  servers: [String(url)],
  clientName: 'member',
  topicPrefix: String(topicPrefix),
  sessionTimeoutMs: Number(sessionTimeoutMs),
};
const broker = natsBroker(settings)({ partitions: Number(partitions) }, silent);
let handling = Promise.resolve();
let generation = 0;

async function handle(before: Promise<void>, own: number, lane: Lane, records: readonly BrokerRecord[]): Promise<void> {
  await before;
  for (const { key, value, position } of records) {
    if (own !== generation) return; // dropped: it is delivered again
    await new Promise((resolve) => setTimeout(resolve, 2));
    process.send?.({ handled: { key: String(key), value: String(value), partition: lane.partition, position } });
    void subscription.acknowledge([{ ...lane, next: String(BigInt(position) + 1n) }]);
  }
}

const subscription = await broker.subscribe(
  { group: 'g', topics: [String(topic)] },
  {
    onRecords: (lane, records) => {
      handling = handle(handling, generation, lane, records);
    },
    onAssigned: (lanes) => {
      generation += 1;
      process.send?.({ lanes: lanes.map(({ partition }) => partition) });
    },
    onHealth: () => {},
  },
);
process.on('message', () => void broker.close().then(() => process.exit()));
process.on('disconnect', () => process.exit());
