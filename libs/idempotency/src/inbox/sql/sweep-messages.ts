import { LONG_QUERY_TIMEOUT_MS } from '@waybill/database';
import type { Statement } from '@waybill/database';

/** `$1` age in milliseconds, `$2` most rows. Only final outcomes: a parked or dead message is still to be replayed. */
export const SWEEP_MESSAGES: Statement = {
  name: 'inbox_sweep_messages',
  queryTimeoutMs: LONG_QUERY_TIMEOUT_MS,
  text: `
    WITH old AS (
      SELECT consumer_group, source, message_id, subscriber FROM inbox
      WHERE received_at < now() - $1 * interval '1 millisecond' AND outcome IN ('handled', 'discarded', 'superseded')
      ORDER BY received_at LIMIT $2 FOR UPDATE SKIP LOCKED)
    DELETE FROM inbox USING old
    WHERE inbox.consumer_group = old.consumer_group
      AND inbox.source = old.source AND inbox.message_id = old.message_id AND inbox.subscriber = old.subscriber
    RETURNING 1 AS swept`,
};
