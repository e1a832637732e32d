import type { Statement } from './statement.js';

const OFF = ['enable_seqscan', 'enable_bitmapscan', 'enable_sort', 'enable_incremental_sort', 'jit'];

/**
 * Has the rest of the transaction planned by indexes in their order alone, whatever the planner believes about the size of a table: for
 * statements that are written so that they read a bounded part of one. Plans that are made while the table is small live on in prepared
 * statements; a bitmap, and a sort, would be made of everything before the bound is looked at; and of a table that was never analysed any
 * index seems as good as any other, unless the order is asked for that only one of them has. What has to be sorted all the same, a few
 * rows, seems to cost ten billion before version 18, and is no reason to compile it (jit).
 */
export const byIndexAlone: Statement = {
  name: 'database_by_index_alone',
  text: `SELECT ${OFF.map((setting) => `set_config('${setting}', 'off', true)`).join(', ')}`,
};
