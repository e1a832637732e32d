import type { Broker, BrokerRecord, LaneLag, RecordToPublish } from '@waybill/messaging';
import { newId } from '@waybill/observability';

import type { BrokerSpace } from './tested-broker.js';
import { until } from './until.js';

/** Every record that the topics hold now, lane by lane in their order. */
export async function readTopics(space: BrokerSpace, topics: readonly string[]): Promise<readonly BrokerRecord[]> {
  const broker = space.open();
  try {
    const lags = await lanesOf(broker, topics);
    const open = new Map(lags.map((lag) => [`${lag.topic}/${lag.partition}`, lag]));
    for (const [lane, { first, end }] of open) if (first === end) open.delete(lane);
    const records: BrokerRecord[] = [];
    const subscription = await broker.subscribe(
      { group: `reader-${newId()}`, topics },
      {
        onRecords({ topic, partition }, some) {
          records.push(...some);
          const [lane, last] = [`${topic}/${partition}`, some.at(-1)];
          if (last !== undefined && BigInt(last.position) + 1n >= BigInt(open.get(lane)?.end ?? 0)) open.delete(lane);
        },
        onAssigned: () => {},
        onHealth: () => {},
      },
    );
    await until(() => open.size === 0, {
      timeoutMs: 240_000, // an emulator of SQS gives out one record at a time
      what: 'all topics to be read',
      detail: () => JSON.stringify([...open.values()]),
    });
    await subscription.close();
    return records;
  } finally {
    await broker.close();
  }
}

async function lanesOf(broker: Broker, topics: readonly string[]): Promise<readonly LaneLag[]> {
  const reader = broker.createLagReader({ group: 'reader', topics });
  try {
    return await reader.read();
  } finally {
    await reader.close();
  }
}

/** @throws what the broker says of the first record that it didn't take */
export async function publishOn(space: BrokerSpace, records: readonly RecordToPublish[]): Promise<void> {
  const broker = space.open();
  try {
    const publisher = await broker.createPublisher();
    const outcomes = await publisher.publish(records);
    await publisher.close();
    for (const outcome of outcomes) if (!outcome.ok) throw outcome.error;
  } finally {
    await broker.close();
  }
}
