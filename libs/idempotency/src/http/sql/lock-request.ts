import type { Statement } from '@waybill/database';

/** Held until the transaction ends, however it ends: a crash in flight leaves nothing behind. Never waits. */
export const LOCK_REQUEST: Statement = {
  name: 'http_idempotency_lock',
  text: `SELECT pg_try_advisory_xact_lock($1::bigint) AS locked`,
};
