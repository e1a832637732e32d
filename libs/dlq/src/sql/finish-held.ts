import type { Statement } from '@waybill/database';

/** Run inside the handler's transaction: 0 rows = somebody else has dealt with the message. */
export const finishHeld: Statement = {
  name: 'dlq_finish_held',
  text: `
    UPDATE held_message SET state = 'handled', attempts = attempts + 1, next_attempt_at = NULL, claimed_until = NULL,
      updated_at = now()
    WHERE seq = $1 AND state IN ('retrying', 'parked')
    RETURNING seq`,
};
