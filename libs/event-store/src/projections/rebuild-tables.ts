import { LONG_QUERY_TIMEOUT_MS } from '@waybill/database';
import type { Transaction } from '@waybill/database';

import { COMPLETE_COPY, REBUILD_SCHEMA, TABLE_OBSTACLES, TABLE_SHAPES } from '../sql/rebuild-tables.js';
import { RebuildRefusedError } from './projection.errors.js';

const FIND_TABLES_OF_REBUILD = {
  name: 'projection_search_rebuild',
  text: `SELECT set_config('search_path', '${REBUILD_SCHEMA}, public', true)`,
};

/**
 * Makes empty copies of tables in the schema of rebuilds, under the same names: columns, defaults, constraints, indexes, settings and
 * rights. What an earlier rebuild has left there is dropped.
 * @throws RebuildRefusedError where a table has something that a copy would lose
 */
export async function createRebuildTables(tx: Transaction, tables: readonly string[]): Promise<void> {
  for (const table of tables) {
    const [found] = await tx.query<{ obstacles: readonly string[] }>(TABLE_OBSTACLES, [table]);
    if (!found) throw new RebuildRefusedError(`There is no table public.${table}`);
    if (found.obstacles.length > 0) {
      throw new RebuildRefusedError(`Table ${table} can't be rebuilt: ${found.obstacles.join('; ')}`);
    }
    await run(tx, `DROP TABLE IF EXISTS ${REBUILD_SCHEMA}.${table}`);
    await run(tx, `CREATE TABLE ${REBUILD_SCHEMA}.${table} (LIKE public.${table} INCLUDING ALL EXCLUDING INDEXES)`);
    for (const { statement } of await tx.query<{ statement: string }>(COMPLETE_COPY, [table])) {
      await run(tx, statement);
    }
  }
  if (!(await haveSameShape(tx, tables))) {
    throw new RebuildRefusedError(`The tables ${tables.join(', ')} can't be copied exactly by CREATE TABLE … (LIKE …)`);
  }
}

/** Whether the tables in use still have the columns, constraints and indexes of those that are being rebuilt. */
export async function haveSameShape(tx: Transaction, tables: readonly string[]): Promise<boolean> {
  for (const table of tables) {
    const [inUse, rebuilt] = await tx.query<{ shape: string }>(TABLE_SHAPES, [table]);
    if (!inUse || inUse.shape !== rebuilt?.shape) return false;
  }
  return true;
}

/** From here to the end of the transaction, a table that is being rebuilt is what its name without a schema means. */
export async function useRebuildTables(tx: Transaction): Promise<void> {
  await tx.query(FIND_TABLES_OF_REBUILD);
}

/** Puts the rebuilt tables in the place of those in use, which are dropped. Waits for whoever uses them; they find the new ones afterwards. */
export async function switchTables(tx: Transaction, tables: readonly string[]): Promise<void> {
  for (const table of tables) {
    await run(tx, `DROP TABLE public.${table}`);
    await run(tx, `ALTER TABLE ${REBUILD_SCHEMA}.${table} SET SCHEMA public`);
  }
}

export async function dropRebuildTables(tx: Transaction, tables: readonly string[]): Promise<void> {
  for (const table of tables) await run(tx, `DROP TABLE IF EXISTS ${REBUILD_SCHEMA}.${table}`);
}

/** Statistics for the planner: the tables are large at their first query. */
export async function analyzeRebuildTables(tx: Transaction, tables: readonly string[]): Promise<void> {
  for (const table of tables) await run(tx, `ANALYZE ${REBUILD_SCHEMA}.${table}`);
}

/** Statements that can't be prepared for any table; its name has been checked. On a large one they take their time. */
async function run(tx: Transaction, text: string): Promise<void> {
  await tx.query({ name: '', text, queryTimeoutMs: LONG_QUERY_TIMEOUT_MS });
}
