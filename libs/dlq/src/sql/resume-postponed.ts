import type { Statement } from '@waybill/database';

/** `$2` reason of what is postponed, `$3` handler or null for all. */
export const resumePostponed: Statement = {
  name: 'dlq_resume_postponed',
  text: `
    UPDATE held_message SET next_attempt_at = now()
    WHERE consumer_group = $1 AND state = 'retrying' AND reason = $2 AND ($3::text IS NULL OR handler = $3)
      AND next_attempt_at > now()
    RETURNING seq`,
};
