import { databaseUrl } from '@waybill/database';
import { testDatabaseServer, testKafkaBrokers } from '@waybill/embedded/testing';
import { Kafka, logLevel } from 'kafkajs';
import { Client } from 'pg';

import type { RunningSystem } from './running-system.js';
import { until } from './until.js';

/** Texts to look for, by what they are. */
export type Marks = Readonly<Record<string, string>>;

/** Where a mark was found, such as `order: saga_instance.data`, `payment.commands: value`, `log of order`. */
export interface Trace {
  readonly mark: string;
  readonly place: string;
}

/** Every column of every table of every database of the system that holds a mark; bytes are searched, too. */
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
  const tables = await query<{ name: string }>(`SELECT tablename AS name FROM pg_tables WHERE schemaname = 'public'`);
  const found: Trace[] = [];
  for (const { name } of tables) {
    const rows = await query<Record<string, unknown>>(`SELECT * FROM "${name}"`);
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
export async function tracesInTopics({ topicPrefix }: RunningSystem, marks: Marks): Promise<readonly Trace[]> {
  const kafka = new Kafka({ clientId: 'search', brokers: [...testKafkaBrokers()], logLevel: logLevel.NOTHING });
  const admin = kafka.admin();
  await admin.connect();
  const topics = (await admin.listTopics()).filter((topic) => topic.startsWith(topicPrefix));
  const ends = new Map<string, number>();
  for (const topic of topics) {
    for (const { partition, high } of await admin.fetchTopicOffsets(topic)) {
      if (high !== '0') ends.set(`${topic}/${partition}`, Number(high));
    }
  }
  await admin.disconnect();
  const texts = new Map<string, string[]>();
  const keep = (place: string, text: string | undefined) => texts.set(place, [...(texts.get(place) ?? []), text ?? '']);
  const consumer = kafka.consumer({ groupId: `${topicPrefix}search` });
  await consumer.connect();
  await consumer.subscribe({ topics, fromBeginning: true });
  await consumer.run({
    autoCommit: false,
    eachMessage: async ({ topic, partition, message: { key, value, headers = {}, offset } }) => {
      const name = topic.slice(topicPrefix.length);
      keep(`${name}: key`, key?.toString());
      keep(`${name}: value`, value?.toString());
      keep(`${name}: headers`, Object.entries(headers).flat(2).map(String).join('\n'));
      if (Number(offset) + 1 >= (ends.get(`${topic}/${partition}`) ?? 0)) ends.delete(`${topic}/${partition}`);
    },
  });
  await until(() => ends.size === 0, { what: 'all topics to be read', detail: () => [...ends.keys()].join(', ') });
  await consumer.disconnect();
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
