import { LONG_QUERY_TIMEOUT_MS } from '@waybill/database';
import type { Statement } from '@waybill/database';

/** One batch, oldest first, without waiting for another sweeper. $1: age in milliseconds, $2: size of the batch. */
export const DELETE_EXPIRED_ANSWERS: Statement = {
  name: 'http_idempotency_sweep',
  queryTimeoutMs: LONG_QUERY_TIMEOUT_MS,
  text: `
    DELETE FROM http_idempotency
    WHERE request_hash IN (
      SELECT request_hash FROM http_idempotency
      WHERE answered_at < now() - $1::float8 * interval '1 millisecond'
      ORDER BY answered_at
      LIMIT $2::int
      FOR UPDATE SKIP LOCKED)
    RETURNING 1`,
};
