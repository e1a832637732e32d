import type { Statement } from '@waybill/database';

/** Milliseconds until the next delayed attempt; null = none. */
export const nextDue: Statement = {
  name: 'dlq_next_due',
  text: `
    SELECT extract(epoch FROM min(next_attempt_at) - now()) * 1000 AS in_ms
    FROM held_message WHERE consumer_group = $1 AND state = 'retrying'`,
};
