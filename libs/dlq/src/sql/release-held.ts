import type { Statement } from '@waybill/database';

/** No attempt is counted: the infrastructure failed, or what the handler calls is down ($4). Again in $2 milliseconds. */
export const releaseHeld: Statement = {
  name: 'dlq_release_held',
  text: `
    UPDATE held_message SET state = 'retrying', next_attempt_at = now() + $2::float8 * interval '1 millisecond', claimed_until = NULL,
      reason = $4
    WHERE seq = $1 AND message_id = $3 AND state IN ('retrying', 'parked')`,
};
