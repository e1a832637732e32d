import type { ReadStatement } from '@waybill/database';

import { SAGA_COLUMNS } from './columns.js';

/** $1 ids. `read_at`: the database's time. Locked in the order of the primary key, so that two batches can't deadlock on them. */
export const loadSagas: ReadStatement = {
  name: 'saga_load',
  returns: 'rows',
  tables: ['saga_instance'],
  text: `SELECT ${SAGA_COLUMNS}, (extract(epoch FROM clock_timestamp()) * 1000)::float8 AS read_at
    FROM saga_instance WHERE id = ANY($1::text[]) ORDER BY id, saga FOR UPDATE`,
};
