import type { DedicatedConnection } from '@waybill/database';

import type { RelaySettings } from '../outbox-options.js';
import { claimRows } from '../sql/claim-rows.js';
import type { ClaimedColumns } from '../sql/claim-rows.js';
import type { LaneTable } from './lane-table.js';
import type { LeasedLane } from './leased-lane.js';
import type { PayloadUploads } from './payload-uploads.js';
import type { RowQueue } from './row-queue.js';

/** Fewer rows of a lane than this aren't worth a claim of their own. */
const FEWEST_PER_LANE = 50;

/** Fetches unpublished rows that haven't entered yet: from other processes, from before a crash, from overflowing memory. */
export class Claimer {
  constructor(
    private readonly connection: DedicatedConnection,
    private readonly lanes: LaneTable,
    private readonly settings: RelaySettings,
    private readonly payloads: PayloadUploads | undefined,
  ) {}

  /** Appends the lowest rows of the lanes to the queue. A lane that may hold more still needs a claim afterwards. */
  async claim(lanes: readonly LeasedLane[], queue: RowQueue): Promise<void> {
    const generations = lanes.map(({ generation }) => generation);
    for (const lane of lanes) lane.needsClaim = false; // before the snapshot: what is committed later says so itself
    const mostPerLane = Math.max(FEWEST_PER_LANE, Math.floor(this.settings.batchSize / lanes.length));
    try {
      const rows = await this.connection.query<ClaimedColumns>(claimRows, [
        lanes.map(({ topic }) => topic),
        lanes.map(({ number }) => number),
        lanes.flatMap((lane) => [...lane.onTheirWay()]),
        mostPerLane,
        this.settings.batchBytes,
      ]);
      const current = new Set(lanes.filter((lane, index) => lane.generation === generations[index]));
      const counts = new Map<LeasedLane, number>();
      const heldUp = new Set<LeasedLane>();
      let bytes = 0;
      for (const { seq, ...columns } of rows) {
        const row = { ...columns, seq: Number(seq) };
        const lane = this.lanes.find(row.topic, row.lane);
        if (!lane || !current.has(lane)) continue;
        counts.set(lane, (counts.get(lane) ?? 0) + 1);
        bytes += row.payload.length;
        if (lane.knows(row.seq)) continue; // it has entered from memory meanwhile
        if (this.payloads?.holdsUp(row, lane) === true || heldUp.has(lane)) {
          heldUp.add(lane);
          lane.needsClaim = true;
        } else {
          queue.push(row, lane);
        }
      }
      for (const lane of lanes) {
        if (bytes >= this.settings.batchBytes || (counts.get(lane) ?? 0) >= mostPerLane) lane.needsClaim = true;
      }
    } catch (error) {
      for (const lane of lanes) lane.needsClaim = true;
      throw error;
    }
  }
}
