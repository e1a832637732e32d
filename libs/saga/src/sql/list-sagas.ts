import type { Statement } from '@waybill/database';

import { SAGA_COLUMNS } from './columns.js';

/** $1 status or null, $2 saga or null, $3 $4 creation time in ms and id to continue after or null, $5 limit. Newest first. */
export const listSagas: Statement = {
  name: '', // planned for its values: a plan for any values could use no index but one
  text: `SELECT ${SAGA_COLUMNS} FROM saga_instance AS s
    WHERE ($1::text IS NULL OR s.status = $1) AND ($2::text IS NULL OR s.saga = $2)
      AND ($3::float8 IS NULL OR (s.created_at, s.id COLLATE "C") < (to_timestamp($3::float8 / 1000.0), $4::text))
    ORDER BY s.created_at DESC, s.id COLLATE "C" DESC LIMIT $5`,
};
