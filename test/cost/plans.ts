import { GuardedClient } from '@waybill/database';
import type { Client } from 'pg';

interface Plan {
  readonly 'Node Type': string;
  readonly 'Relation Name'?: string;
  readonly 'Index Name'?: string;
  readonly 'Index Cond'?: string;
  readonly 'Total Cost': number;
  readonly Plans?: readonly Plan[];
}

/** Tables whose size is given by what there is or goes on now, not by how much happened: it doesn't matter how they are read. */
const SMALL = new Set([
  'catalogue',
  'catalogue_product',
  'catalogue_publication',
  'consumer_process',
  'crash_marker',
  'installation',
  'lane_adoption',
  'lane_issue',
  'lane_position',
  'migrations',
  'outbox_lease',
  'outbox_relay',
  'product',
  'stock',
  'write_probe',
]);

const FEW_ROWS = 10_000;
const MANY_ROWS = 1_000_000;
/** An index of a hundred times the rows is a level deeper, and a batch's rows lie on more pages. */
const MOST_GROWTH = 4;
/** What an index is asked for must tell rows apart at least as well: one value of a column, or of several, for so many rows. */
const MOST_ROWS_A_VALUE = 100;

/**
 * Plans every statement as the services' sessions do, for any values, while the tables that grow have no rows, 100, 10,000 and 1,000,000,
 * before and after ANALYZE. Empties and fills the tables of the database, which nobody may use any more.
 *
 * 10,000 rows are written; for a million the server is told by its statistics that there are a hundred times as many.
 * @param statements texts by name
 * @returns what is wrong, one entry each
 */
export async function planFaults(url: string, statements: ReadonlyMap<string, string>): Promise<readonly string[]> {
  const client = new GuardedClient({ connectionString: url }); // which sets up the session
  await client.connect();
  try {
    const tables = await growingTables(client, await relationsOf(client, statements));
    const plans = new Map<string, ReadonlyMap<string, Plan>>();
    const look = async (state: string): Promise<void> => void plans.set(state, await plansOf(client, statements));
    const analyse = `ANALYZE ${tables.map(({ name }) => `"${name}"`).join(', ')}`;
    if (tables.length === 0) return [];
    await fill.sample(client, tables);
    await look('new tables');
    await client.query(analyse);
    await look('no rows, analysed');
    await fill.rows(client, tables, 100);
    await client.query(analyse);
    await look('100 rows, analysed');
    await fill.rows(client, tables, FEW_ROWS);
    await look('10,000 rows, not analysed');
    await client.query(analyse);
    const reading: Reading = {
      selective: await selectiveColumns(client, tables),
      indexes: await indexesByName(client),
    };
    await look('10,000 rows, analysed');
    await fill.statistics(client, tables);
    await look('1,000,000 rows, analysed');
    await client.query('DELETE FROM pg_statistic WHERE starelid >= 16384');
    await look('1,000,000 rows, only their number known');
    return [
      ...[...plans].flatMap(([state, ofState]) =>
        [...ofState].flatMap(([name, plan]) =>
          scanFaults(plan, reading).map((fault) => `${name}: ${fault} (${state})`),
        ),
      ),
      ...growth(plans.get('10,000 rows, analysed'), plans.get('1,000,000 rows, analysed')),
    ];
  } finally {
    await client.end();
  }
}

async function plansOf(client: Client, statements: ReadonlyMap<string, string>): Promise<ReadonlyMap<string, Plan>> {
  const plans = new Map<string, Plan>();
  for (const [name, text] of statements) plans.set(name, await planOf(client, text));
  return plans;
}

function growth(few?: ReadonlyMap<string, Plan>, many?: ReadonlyMap<string, Plan>): readonly string[] {
  return [...(few ?? [])].flatMap(([name, { 'Total Cost': before }]) => {
    const after = many?.get(name)?.['Total Cost'] ?? 0;
    return after > MOST_GROWTH * before ? [`${name}: costs ${before} with 10,000 rows, ${after} with 1,000,000`] : [];
  });
}

/** Of each table, and each of its partitions, the columns whose values tell rows apart. */
async function selectiveColumns(
  client: Client,
  tables: readonly Table[],
): Promise<ReadonlyMap<string, ReadonlySet<string>>> {
  const { rows } = await client.query<{ part: string; columns: string[] }>(
    `SELECT tablename AS part, array_agg(attname::text) AS columns FROM pg_stats
     WHERE tablename = ANY($1) AND (CASE WHEN n_distinct < 0 THEN -n_distinct ELSE n_distinct / $2 END) >= 1.0 / $3
     GROUP BY tablename`,
    [tables.flatMap(({ parts }) => parts), FEW_ROWS, MOST_ROWS_A_VALUE],
  );
  const found = new Map(rows.map(({ part, columns }) => [part, new Set(columns)]));
  return new Map(tables.flatMap(({ parts }) => parts.map((part) => [part, found.get(part) ?? new Set<string>()])));
}

/** The columns of each index, in its order; an expression has no name. */
async function indexesByName(client: Client): Promise<ReadonlyMap<string, Index>> {
  const { rows } = await client.query<Index & { name: string }>(
    `SELECT indexrelid::regclass::text AS name, indrelid::regclass::text AS relation,
       array_agg(attname::text ORDER BY place) AS columns
     FROM pg_index CROSS JOIN LATERAL unnest(indkey::int2[]) WITH ORDINALITY AS key (attnum, place)
       LEFT JOIN pg_attribute ON attrelid = indrelid AND pg_attribute.attnum = key.attnum AND key.attnum > 0
     WHERE place <= indnkeyatts GROUP BY indexrelid, indrelid`,
  );
  return new Map(rows.map((index) => [index.name, index]));
}

interface Index {
  readonly relation: string;
  readonly columns: readonly (string | null)[];
}

interface Reading {
  readonly selective: ReadonlyMap<string, ReadonlySet<string>>;
  readonly indexes: ReadonlyMap<string, Index>;
}

interface Table {
  readonly name: string;
  /** It and its partitions. */
  readonly parts: readonly string[];
  readonly columns: readonly Column[];
}

interface Column {
  readonly name: string;
  readonly type: string;
  readonly unique: boolean;
  readonly needed: boolean;
}

/** What the statements read or write. */
async function relationsOf(client: Client, statements: ReadonlyMap<string, string>): Promise<ReadonlySet<string>> {
  const relations = new Set<string>();
  const note = (plan: Plan): void => {
    relations.add(plan['Relation Name'] ?? '');
    plan.Plans?.forEach(note);
  };
  for (const text of statements.values()) note(await planOf(client, text));
  return relations;
}

async function growingTables(client: Client, relations: ReadonlySet<string>): Promise<readonly Table[]> {
  const { rows } = await client.query<Table>(`
    SELECT relname AS name,
      ARRAY(SELECT relid::regclass::text FROM pg_partition_tree(pg_class.oid)) AS parts,
      (SELECT json_agg(json_build_object('name', attname, 'type', format_type(atttypid, atttypmod), 'needed', attnotnull,
         'unique', EXISTS (SELECT FROM pg_index WHERE indrelid = pg_class.oid AND indisunique AND attnum = ANY(indkey))))
       FROM pg_attribute WHERE attrelid = pg_class.oid AND attnum > 0 AND NOT attisdropped
         AND attidentity = '' AND attgenerated = '') AS columns
    FROM pg_class
    WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p') AND NOT relispartition`);
  return rows
    .map((table) => ({ ...table, parts: [table.name, ...table.parts] }))
    .filter(({ name, parts }) => !SMALL.has(name) && parts.some((part) => relations.has(part)));
}

async function planOf(client: Client, text: string): Promise<Plan> {
  const { rows } = await client.query<{ 'QUERY PLAN': readonly [{ readonly Plan: Plan }] }>(
    `EXPLAIN (GENERIC_PLAN, FORMAT JSON) ${text}`,
  );
  const [row] = rows;
  if (row === undefined) throw new Error(`No plan for ${text}`);
  return row['QUERY PLAN'][0].Plan;
}

/**
 * Reading an index in its order up to a LIMIT, directly above, is as good as reading by key. A condition on a column counts if the index' columns
 * ahead of it have one, too: without, the server skips from value to value, or reads the index whole.
 */
function scanFaults(plan: Plan, reading: Reading, limited = false): readonly string[] {
  const { 'Node Type': scan, 'Index Name': name = '', 'Index Cond': condition = '', Plans: children = [] } = plan;
  const index = reading.indexes.get(name);
  const relation = plan['Relation Name'] ?? index?.relation ?? '';
  const below = children.flatMap((child) =>
    scanFaults(child, reading, scan === 'Limit' || (limited && PASSES_ON.has(scan))),
  );
  const columns = reading.selective.get(relation);
  if (columns === undefined || !/^(Seq|Index|Index Only|Bitmap Index) Scan$/.test(scan)) return below;
  if (scan !== 'Seq Scan' && (limited || boundColumns(condition, index?.columns).some((c) => columns.has(c))))
    return below;
  return [`${scan} of ${relation} by ${condition === '' ? 'nothing' : `${condition} of ${name}`}`, ...below];
}

/** Those of the index that a condition is on, up to the first that has none. */
function boundColumns(condition: string, columns: readonly (string | null)[] = []): readonly string[] {
  const bound: string[] = [];
  for (const column of columns) {
    if (column !== null && !condition.replaceAll('"', '').includes(`(${column} `)) break;
    if (column !== null) bound.push(column);
  }
  return bound;
}

const PASSES_ON = new Set(['Append', 'LockRows', 'Merge Append', 'Nested Loop', 'Result', 'Subquery Scan']);

/** What is in the tables. */
const fill = {
  /** Keeps a row of each table, empties it and frees it of what rows made up from it would violate. */
  async sample(client: Client, tables: readonly Table[]): Promise<void> {
    const { rows } = await client.query<{ drop: string }>(`
      SELECT format('ALTER TABLE %s DROP CONSTRAINT IF EXISTS %I', conrelid::regclass, conname) AS drop FROM pg_constraint
      WHERE contype IN ('c', 'f') AND connamespace = 'public'::regnamespace AND conparentid = 0 AND coninhcount = 0`);
    for (const { drop } of rows) await client.query(drop);
    for (const { name } of tables) {
      await client.query(`CREATE TEMP TABLE "sample_${name}" AS SELECT * FROM "${name}" LIMIT 1`);
      await client.query(`TRUNCATE "${name}"`);
    }
  },

  async rows(client: Client, tables: readonly Table[], count: number): Promise<void> {
    for (const { name, columns } of tables) {
      await client.query(`TRUNCATE "${name}"`);
      const list = columns.map((column) => `"${column.name}"`).join(', ');
      const values = columns.map(valueOf).join(', ');
      await client.query(`
        INSERT INTO "${name}" (${list}) SELECT ${values}
        FROM generate_series(1, ${count}) AS n LEFT JOIN "sample_${name}" AS sample ON true`);
    }
  },

  /** As many pages as before with a hundred times the rows on each: the planner asks the files for pages, and statistics for rows. */
  async statistics(client: Client, tables: readonly Table[]): Promise<void> {
    await client.query(
      `SELECT pg_restore_relation_stats('schemaname', 'public', 'relname', relname::text, 'relpages', relpages,
         'reltuples', (reltuples * $2)::real)
       FROM pg_class WHERE reltuples > 0 AND relname IN (
         SELECT relname FROM pg_class WHERE relname = ANY($1)
         UNION SELECT index.relname FROM pg_index JOIN pg_class AS index ON index.oid = indexrelid
           JOIN pg_class AS parent ON parent.oid = indrelid WHERE parent.relname = ANY($1))`,
      [tables.flatMap(({ parts }) => parts), MANY_ROWS / FEW_ROWS],
    );
  },
};

function valueOf({ name, type, unique, needed }: Column): string {
  const made: Readonly<Record<string, string>> = {
    uuid: 'gen_random_uuid()',
    text: `'value ' || n`,
    bytea: `sha256(convert_to(n::text, 'UTF8'))`,
    integer: 'n',
    'double precision': 'n',
    bigint: 'n',
    numeric: 'n',
    date: `current_date - n`,
    smallint: '(n % 8)::smallint',
    boolean: 'n % 2 = 0',
    json: `'{}'::json`,
    jsonb: `'{}'::jsonb`,
    'text[]': `'{}'::text[]`,
    'timestamp with time zone': `now() - n * interval '1 second'`,
  };
  const value = made[type];
  if (value === undefined) throw new Error(`Column ${name}: no value is made up for type ${type} here; add one`);
  if (name === 'consumer_group') return `'group'`; // a database has one, however many rows
  if (unique || name === 'key_hash') return value;
  return needed ? `coalesce(sample."${name}", ${value})` : `sample."${name}"`;
}
