import type { Statement } from '@waybill/database';

import { APPENDING } from './append-events.js';

/** The highest position that was drawn, by whichever transaction, committed or not. */
export const LAST_POSITION: Statement = {
  name: 'event_store_last_position',
  text: `
    SELECT CASE WHEN is_called THEN last_value ELSE last_value - 1 END AS position FROM stored_event_position_seq`,
};

/** The transactions of this database that may have drawn positions and haven't ended. */
export const APPENDERS: Statement = {
  name: 'event_store_appenders',
  text: `
    SELECT virtualtransaction AS transaction FROM pg_locks
    WHERE locktype = 'advisory' AND classid = ${APPENDING[0]} AND objid = ${APPENDING[1]} AND objsubid = 2 AND granted
      AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`,
};
