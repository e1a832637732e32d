import type { Statement } from '@waybill/database';

/** Records the attempt numbered $3, unless somebody has recorded it or has dealt with the message. */
export const failHeld: Statement = {
  name: 'dlq_fail_held',
  text: `
    UPDATE held_message SET state = $2, attempts = $3, reason = $4, last_error = $5, fingerprint = $6,
      first_error = coalesce(first_error, $5), next_attempt_at = now() + $7::float8 * interval '1 millisecond',
      claimed_until = NULL, updated_at = now()
    WHERE seq = $1 AND state IN ('retrying', 'parked') AND attempts < $3
    RETURNING seq`,
};
