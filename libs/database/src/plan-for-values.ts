import type { Statement } from './statement.js';

/**
 * Has the rest of the transaction planned for the values at hand: for a statement with filters that may be absent, whose plan for any values
 * would read and sort everything. Having no name isn't enough for that, as the sessions of the pool force plans for any values.
 */
export const planForValues: Statement = {
  name: 'database_plan_for_values',
  text: `SELECT set_config('plan_cache_mode', 'force_custom_plan', true)`,
};
