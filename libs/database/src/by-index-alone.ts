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
  text: `SELECT ${OFF.map(switchedOff).join(', ')}`,
};

/**
 * The same for statements with filters that may be absent: each is planned for its values, too. A plan for any values could use no partial
 * index. Having no name isn't enough for that, as the sessions of the pool force plans for any values.
 */
export const byIndexAndValues: Statement = {
  name: 'database_by_index_and_values',
  text: `SELECT set_config('plan_cache_mode', 'force_custom_plan', true), ${OFF.map(switchedOff).join(', ')}`,
};

function switchedOff(setting: string): string {
  return `set_config('${setting}', 'off', true)`;
}
