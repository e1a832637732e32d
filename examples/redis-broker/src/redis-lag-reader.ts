import type { LagReader, Lane, LaneLag } from '@waybill/messaging';

import { countIn, toRecord } from './record-fields.js';
import type { Keys, RedisConnection, Reply } from './redis-connection.js';
import { LAG } from './scripts.js';

type Entry = readonly [Buffer, readonly Buffer[]];

/** One script a lane. */
export class RedisLagReader implements LagReader {
  constructor(
    private readonly redis: RedisConnection,
    private readonly keys: Keys,
    private readonly group: string,
    private readonly lanes: () => Promise<readonly Lane[]>,
  ) {}

  async read(): Promise<readonly LaneLag[]> {
    await this.redis.ready();
    return Promise.all((await this.lanes()).map((lane) => this.#lagOf(lane)));
  }

  async close(): Promise<void> {}

  async #lagOf(lane: Lane): Promise<LaneLag> {
    const reply = await this.redis.run(LAG, [this.keys.group(this.group), this.keys.lane(lane)]);
    const [position, owner, first, last, waiting] = reply as readonly [Reply, Reply, ...(Entry | null)[]];
    const next = position === null ? undefined : String(position);
    const end = last ? countIn(last[0]) : Number(next ?? 0);
    const begin = first ? countIn(first[0]) - 1 : end;
    const timestampMs = waiting ? toRecord(lane, waiting).timestampMs : Infinity;
    return {
      ...lane,
      messages: Math.max(0, end - Math.max(begin, Number(next ?? 0))),
      ageMs: Math.max(0, Date.now() - timestampMs),
      first: String(begin),
      next,
      owner: owner === null || String(owner) === '' ? undefined : String(owner),
      end: String(end),
    };
  }
}
