import type { Statement } from './statement.js';

/**
 * Has the rest of the transaction planned by indexes alone, whatever the planner believes about the size of a table: for statements that
 * are written so that they read a bounded part of one. Plans that are made while the table is small live on in prepared statements, and a
 * bitmap would be built of everything before the bound is looked at.
 */
export const byIndexAlone: Statement = {
  name: 'database_by_index_alone',
  text: `SELECT set_config('enable_seqscan', 'off', true), set_config('enable_bitmapscan', 'off', true)`,
};
