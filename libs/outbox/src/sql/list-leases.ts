import type { Statement } from '@waybill/database';

export interface ListedLeaseRow {
  readonly topic: string;
  readonly lane: number;
  readonly owner: string | null;
  /** bigint */
  readonly epoch: string;
  readonly expires_at: Date | null;
}

/** All lanes there are, by topic and lane. A lane that nobody has ever held has no time. */
export const listLeases: Statement = {
  name: 'outbox_list_leases',
  text: `
    SELECT topic, lane, owner, epoch, nullif(expires_at, '-infinity') AS expires_at
    FROM outbox_lease ORDER BY topic, lane`,
};
