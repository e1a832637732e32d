import { ListOffsetTimestamps } from '@platformatic/kafka';
import type { Consumer } from '@platformatic/kafka';

import type { Partition } from '../kafka-client.js';
import { laneId } from './fetch-plan.js';
import { inOurErrors } from './platformatic-errors.js';

/** Where the group continues: at what it has committed, else at the earliest record. */
export async function groupPositions(
  consumer: Consumer,
  partitions: readonly Partition[],
): Promise<ReadonlyMap<string, bigint>> {
  const positions = new Map<string, bigint>();
  if (partitions.length === 0) return positions;
  const asked = [...byTopic(partitions)].map(([topic, own]) => ({ topic, partitions: own }));
  const committed = await inOurErrors(() => consumer.listCommittedOffsets({ topics: asked }));
  const fresh: Partition[] = [];
  for (const { topic, partition } of partitions) {
    const offset = committed.get(topic)?.[partition] ?? -1n;
    if (offset >= 0n) positions.set(laneId({ topic, partition }), offset);
    else fresh.push({ topic, partition });
  }
  for (const [lane, offset] of await earliest(consumer, fresh)) positions.set(lane, offset);
  return positions;
}

export async function earliestPosition(consumer: Consumer, partition: Partition): Promise<bigint> {
  return (await earliest(consumer, [partition])).get(laneId(partition)) ?? 0n;
}

async function earliest(consumer: Consumer, partitions: readonly Partition[]): Promise<ReadonlyMap<string, bigint>> {
  if (partitions.length === 0) return new Map();
  const asked = byTopic(partitions);
  const offsets = await inOurErrors(() =>
    consumer.listOffsets({
      topics: [...asked.keys()],
      partitions: Object.fromEntries(asked),
      timestamp: ListOffsetTimestamps.EARLIEST,
    }),
  );
  return new Map(
    partitions.map((partition) => [laneId(partition), offsets.get(partition.topic)?.[partition.partition] ?? 0n]),
  );
}

function byTopic(partitions: readonly Partition[]): ReadonlyMap<string, number[]> {
  const topics = new Map<string, number[]>();
  for (const { topic, partition } of partitions) topics.set(topic, [...(topics.get(topic) ?? []), partition]);
  return topics;
}
