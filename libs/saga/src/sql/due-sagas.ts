import type { Statement } from '@waybill/database';

import { DUE } from './columns.js';

/** The first $1 whose deadline has passed, the oldest first. Locks nothing. */
export const dueSagas: Statement = {
  name: 'saga_due',
  text: `SELECT s.id, s.saga, ${DUE} AS deadline FROM saga_instance s
    WHERE s.deadline_at <= now() ORDER BY s.deadline_at LIMIT $1`,
};
