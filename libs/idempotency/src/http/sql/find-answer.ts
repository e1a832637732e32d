import type { Statement } from '@waybill/database';

/** A statement of its own after the lock: its snapshot then sees what the lock's last holder committed. */
export const FIND_ANSWER: Statement = {
  name: 'http_idempotency_find',
  text: `SELECT fingerprint, status, headers, body FROM http_idempotency WHERE request_hash = $1`,
};
