import { partitionOf } from '@waybill/messaging';
import type { Publisher, PublishOutcome, RecordToPublish } from '@waybill/messaging';

import { toFields } from './record-fields.js';
import type { Keys, RedisConnection } from './redis-connection.js';
import { APPEND } from './scripts.js';

export const MOST_BYTES = 1_048_576;

// #region publisher
/** One script for all records of a call on one lane: they are there together and in their order, or reported as failed together. */
export class RedisPublisher implements Publisher {
  #keyless = 0;

  constructor(
    private readonly redis: RedisConnection,
    private readonly keys: Keys,
    private readonly countLanes: (topic: string) => Promise<number>,
  ) {}

  async publish(records: readonly RecordToPublish[]): Promise<readonly PublishOutcome[]> {
    const topics = [...new Set(records.map(({ topic }) => topic))];
    const counts = new Map(await Promise.all(topics.map(async (topic) => [topic, await this.#count(topic)] as const)));
    const outcomes = new Map<RecordToPublish, PublishOutcome>();
    const lanes = new Map<string, RecordToPublish[]>();
    const refused = new Set<string>(); // keys whose later records wait
    for (const record of records) {
      const { topic, key, value } = record;
      const count = counts.get(topic) ?? 0;
      const bytes = (key?.length ?? 0) + (value?.length ?? 0);
      const id = `${topic} ${key?.toString('latin1')}`;
      if (count instanceof Error) outcomes.set(record, failed(count, true));
      else if (key !== null && refused.has(id))
        outcomes.set(record, failed('An earlier record of its key was refused', true));
      else if (bytes > MOST_BYTES) {
        outcomes.set(record, failed(`${bytes} bytes are more than ${MOST_BYTES}`, false));
        refused.add(id);
      } else {
        const partition = key === null ? (this.#keyless += 1) % count : partitionOf(key, count);
        const lane = this.keys.lane({ topic, partition });
        lanes.set(lane, [...(lanes.get(lane) ?? []), record]);
      }
    }
    const appended = [...lanes].map(async ([lane, own]) => {
      const outcome = await this.#append(lane, own);
      for (const record of own) outcomes.set(record, outcome);
    });
    await Promise.all(appended);
    return records.map((record) => outcomes.get(record) ?? { ok: true });
  }

  /** What fails may have happened all the same, where the answer was lost: then it is there twice (at least once). */
  async #append(lane: string, records: readonly RecordToPublish[]): Promise<PublishOutcome> {
    const [{ topic } = { topic: '' }] = records;
    const fields = records.map(toFields).flatMap((each) => [String(each.length), ...each]);
    try {
      await this.redis.run(APPEND, [this.keys.topic(topic), lane], ...fields);
      return { ok: true };
    } catch (error) {
      return failed(error, true);
    }
  }

  async #count(topic: string): Promise<number | Error> {
    try {
      const count = await this.countLanes(topic);
      return count > 0 ? count : new Error(`There is no topic ${topic}`);
    } catch (error) {
      return error instanceof Error ? error : new Error(String(error));
    }
  }

  async close(): Promise<void> {}
}

function failed(error: unknown, retriable: boolean): PublishOutcome {
  return { ok: false, error: error instanceof Error ? error : new Error(String(error)), retriable };
}
// #endregion
