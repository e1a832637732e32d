import type { Statement } from '@waybill/database';

/** $1 now in milliseconds, $2 at most so many. Rows that another replica has claimed are passed over. */
export const claimDueSagas: Statement = {
  name: 'saga_claim_due',
  text: `SELECT id, saga FROM saga_instance
    WHERE deadline_at <= to_timestamp($1::float8 / 1000.0)
    ORDER BY deadline_at LIMIT $2 FOR UPDATE SKIP LOCKED`,
};
