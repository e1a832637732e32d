import type { DedicatedConnection } from '@waybill/database';

import type { RelaySettings } from '../outbox-options.js';
import { claimRows } from '../sql/claim-rows.js';
import type { ClaimedColumns } from '../sql/claim-rows.js';
import type { LeasedShard } from './leased-shard.js';
import type { PayloadUploads } from './payload-uploads.js';
import type { RowQueue } from './row-queue.js';
import type { ShardTable } from './shard-table.js';

/** Fewer rows of a shard than this aren't worth a claim of their own. */
const FEWEST_PER_SHARD = 50;

/** Fetches unpublished rows that haven't entered yet: from other processes, from before a crash, from overflowing memory. */
export class Claimer {
  constructor(
    private readonly connection: DedicatedConnection,
    private readonly shards: ShardTable,
    private readonly settings: RelaySettings,
    private readonly payloads: PayloadUploads | undefined,
  ) {}

  /** Appends the lowest rows of the shards to the queue. A shard that may hold more still needs a claim afterwards. */
  async claim(shards: readonly LeasedShard[], queue: RowQueue): Promise<void> {
    const generations = shards.map(({ generation }) => generation);
    for (const shard of shards) shard.needsClaim = false; // before the snapshot: what is committed later says so itself
    const mostPerShard = Math.max(FEWEST_PER_SHARD, Math.floor(this.settings.batchSize / shards.length));
    try {
      const rows = await this.connection.query<ClaimedColumns>(claimRows, [
        shards.map(({ topic }) => topic),
        shards.map(({ number }) => number),
        shards.flatMap((shard) => [...shard.onTheirWay()]),
        mostPerShard,
        this.settings.batchBytes,
      ]);
      const current = new Set(shards.filter((shard, index) => shard.generation === generations[index]));
      const counts = new Map<LeasedShard, number>();
      const heldUp = new Set<LeasedShard>();
      let bytes = 0;
      for (const { seq, ...columns } of rows) {
        const row = { ...columns, seq: Number(seq) };
        const shard = this.shards.find(row.topic, row.shard);
        if (!shard || !current.has(shard)) continue;
        counts.set(shard, (counts.get(shard) ?? 0) + 1);
        bytes += row.payload.length;
        if (shard.knows(row.seq)) continue; // it has entered from memory meanwhile
        if (this.payloads?.holdsUp(row, shard) === true || heldUp.has(shard)) {
          heldUp.add(shard);
          shard.needsClaim = true;
        } else {
          queue.push(row, shard);
        }
      }
      for (const shard of shards) {
        if (bytes >= this.settings.batchBytes || (counts.get(shard) ?? 0) >= mostPerShard) shard.needsClaim = true;
      }
    } catch (error) {
      for (const shard of shards) shard.needsClaim = true;
      throw error;
    }
  }
}
