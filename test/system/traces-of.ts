import { databaseUrl } from '@waybill/database';
import { testDatabaseServer } from '@waybill/embedded/testing';
import { Client } from 'pg';

import { readTopics } from './read-topics.js';
import { AT_THE_BROKER } from './running-system.js';
import type { RunningSystem } from './running-system.js';

/** Texts to look for, by what they are. */
export type Marks = Readonly<Record<string, string>>;

/** Where a mark was found, such as `order: saga_instance.data`, `payment.commands: value`, `log of order`. */
export interface Trace {
  readonly mark: string;
  readonly place: string;
}

/** Every column of every table of every database of the system that holds a mark, whatever its schema; bytes are searched, too. */
export async function tracesInDatabases({ databasePrefix }: RunningSystem, marks: Marks): Promise<readonly Trace[]> {
  const names = await onDatabase('postgres', async (query) => {
    const rows = await query<{ datname: string }>('SELECT datname FROM pg_database WHERE starts_with(datname, $1)', [
      databasePrefix,
    ]);
    return rows.map(({ datname }) => datname);
  });
  const traces = await Promise.all(names.map((name) => onDatabase(name, (query) => tracesInTables(query, marks))));
  return traces.flatMap((found, index) =>
    found.map(({ mark, place }) => ({ mark, place: `${names[index]?.slice(databasePrefix.length)}: ${place}` })),
  );
}

async function tracesInTables(query: Query, marks: Marks): Promise<readonly Trace[]> {
  const tables = await query<{ schema: string; table: string }>(
    `SELECT schemaname AS schema, tablename AS table FROM pg_tables WHERE schemaname NOT IN ('pg_catalog', 'information_schema')`,
  );
  const found: Trace[] = [];
  for (const { schema, table } of tables) {
    const name = schema === 'public' ? table : `${schema}.${table}`;
    const rows = await query<Record<string, unknown>>(`SELECT * FROM "${schema}"."${table}"`);
    const texts = new Map<string, string[]>();
    for (const [column, value] of rows.flatMap((row) => Object.entries(row))) {
      const text = Buffer.isBuffer(value)
        ? value.toString()
        : typeof value === 'string'
          ? value
          : JSON.stringify(value);
      texts.set(column, [...(texts.get(column) ?? []), text]);
    }
    for (const [column, some] of texts) found.push(...tracesIn(some.join('\n'), `${name}.${column}`, marks));
  }
  return found;
}

/** Every part of the records of every topic of the system that holds a mark. */
export async function tracesInTopics({ broker }: RunningSystem, marks: Marks): Promise<readonly Trace[]> {
  const texts = new Map<string, string[]>();
  const keep = (place: string, text: string | undefined) => texts.set(place, [...(texts.get(place) ?? []), text ?? '']);
  for (const { topic, key, value, headers } of await readTopics(broker, AT_THE_BROKER.topics)) {
    keep(`${topic}: key`, key?.toString());
    keep(`${topic}: value`, value?.toString());
    keep(`${topic}: headers`, Object.entries(headers).flat(2).map(String).join('\n'));
  }
  return [...texts].flatMap(([place, found]) => tracesIn(found.join('\n'), place, marks));
}

/** As it is, in base64 of any alignment, and escaped in JSON. */
export function tracesIn(text: string, place: string, marks: Marks): readonly Trace[] {
  return Object.entries(marks).flatMap(([mark, value]) =>
    writingsOf(value).some((writing) => text.includes(writing)) ? [{ mark, place }] : [],
  );
}

function writingsOf(value: string): readonly string[] {
  const aligned = [0, 1, 2].map((shift) => {
    const base64 = Buffer.from('x'.repeat(shift) + value).toString('base64');
    return base64.slice(shift === 0 ? 0 : 4, -4); // what stands beside it changes the ends
  });
  if (aligned.some(({ length }) => length < 8))
    throw new RangeError(`"${value}" is so short that ids may look like it`);
  return [value, encodeURIComponent(value), ...aligned];
}

type Query = <Row extends object>(sql: string, values?: readonly unknown[]) => Promise<readonly Row[]>;

async function onDatabase<Result>(database: string, work: (query: Query) => Promise<Result>): Promise<Result> {
  const client = new Client({ connectionString: databaseUrl(testDatabaseServer(), database) });
  await client.connect();
  try {
    return await work(async (sql, values = []) => (await client.query(sql, [...values])).rows);
  } finally {
    await client.end();
  }
}
