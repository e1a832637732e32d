import type { Statement } from '@waybill/database';

import { DUE } from './columns.js';

/** The first $1 whose deadline has passed, about the oldest first. Locks nothing. */
export const dueSagas: Statement = {
  name: 'saga_due',
  text: `SELECT s.id, s.saga, ${DUE} AS deadline FROM saga_instance s
    WHERE s.wake_at <= now() AND s.deadline_at <= now() ORDER BY s.wake_at LIMIT $1`,
};

/** Of $1 whose deadline has moved since they were to be looked at, puts the look off to it. Passes over what is locked. */
export const putOffLooks: Statement = {
  name: 'saga_put_off_looks',
  text: `UPDATE saga_instance AS s SET wake_at = s.deadline_at
    FROM (SELECT id, saga FROM saga_instance WHERE wake_at <= now() AND (deadline_at > now() OR deadline_at IS NULL)
      ORDER BY wake_at LIMIT $1 FOR UPDATE SKIP LOCKED) AS early
    WHERE s.id = early.id AND s.saga = early.saga`,
};
