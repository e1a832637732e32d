import type { Kafka } from 'kafkajs';

import { withAdmin } from './kafka-clients.js';

export interface TimedRecord {
  readonly offset: number;
  readonly timestamp: number;
}

const TIMES_ASKED = 12;

/** The broker's answers for partition 0: the first offset at or after each time. */
export const offsetsByTime = (kafka: Kafka, topic: string, times: readonly number[]): Promise<number[]> =>
  withAdmin(kafka, async (admin) => {
    const offsets: number[] = [];
    for (const time of times) {
      const partitions = await admin.fetchTopicOffsetsByTimestamp(topic, time);
      offsets.push(Number(partitions.find(({ partition }) => partition === 0)?.offset));
    }
    return offsets;
  });

/** Asks for times that occur in these records, spread over all of them, and expects the first record of each. */
export async function expectExactSeek(kafka: Kafka, topic: string, records: readonly TimedRecord[]): Promise<void> {
  const all = [...new Set(records.map(({ timestamp }) => timestamp))];
  const step = Math.ceil(all.length / TIMES_ASKED);
  const times = all.filter((_, index) => index % step === 0);
  const first = (time: number): number | undefined => records.find(({ timestamp }) => timestamp >= time)?.offset;
  expect(await offsetsByTime(kafka, topic, times)).toEqual(times.map(first));
}

/** A line that a command line consumer has printed. @param pattern with the groups `offset` and `timestamp` */
export const parseRecord =
  (pattern: RegExp) =>
  (line: string): TimedRecord => {
    const { offset, timestamp } = pattern.exec(line)?.groups ?? {};
    return { offset: Number(offset), timestamp: Number(timestamp) };
  };
