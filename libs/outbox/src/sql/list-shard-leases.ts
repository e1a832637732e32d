import type { Statement } from '@waybill/database';

export interface HeldLeaseRow {
  readonly topic: string;
  readonly shard: number;
  readonly owner: string | null;
  /** bigint */
  readonly epoch: string;
  readonly expires_at: Date;
}

/** Every shard and who holds it; for people. An `-infinity` is one that nobody has ever held. */
export const listShardLeases: Statement = {
  name: 'outbox_list_shard_leases',
  text: `
    SELECT topic, shard, owner, epoch, greatest(expires_at, 'epoch'::timestamptz) AS expires_at
    FROM outbox_lease ORDER BY topic, shard`,
};
