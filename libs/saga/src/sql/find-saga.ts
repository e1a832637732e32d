import type { Statement } from '@waybill/database';

import { SAGA_COLUMNS } from './columns.js';

/** $1 saga, $2 id. */
export const findSaga: Statement = {
  name: 'saga_find',
  text: `SELECT ${SAGA_COLUMNS} FROM saga_instance WHERE saga = $1 AND id = $2`,
};
