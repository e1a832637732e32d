import type { Statement } from '@waybill/database';

import { DUE } from './columns.js';

/** Of the ids $1 and sagas $2, those whose deadline is still $3. Rows that another replica has claimed are passed over. */
export const claimDueSagas: Statement = {
  name: 'saga_claim_due',
  text: `SELECT s.id, s.saga FROM saga_instance s
    JOIN unnest($1::text[], $2::text[], $3::text[]) AS due (id, saga, deadline) ON s.id = due.id AND s.saga = due.saga
    WHERE s.deadline_at <= now() AND ${DUE} = due.deadline
    ORDER BY s.id, s.saga FOR UPDATE OF s SKIP LOCKED`,
};
