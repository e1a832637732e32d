import type { Statement } from '@waybill/database';

export interface HeldLeaseRow {
  readonly topic: string;
  readonly lane: number;
  readonly owner: string | null;
  /** bigint */
  readonly epoch: string;
  readonly expires_at: Date;
}

/** Every lane and who holds it; for people. An `-infinity` is one that nobody has ever held. */
export const listLaneLeases: Statement = {
  name: 'outbox_list_lane_leases',
  text: `
    SELECT topic, lane, owner, epoch, greatest(expires_at, 'epoch'::timestamptz) AS expires_at
    FROM outbox_lease ORDER BY topic, lane`,
};
