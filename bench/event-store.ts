// What the event store costs: appends beside raw INSERTs of the same rows, each in a transaction of its own or many together, and the whole
// log beside a raw SELECT of it; and what a snapshot would save when a stream is loaded. Ratios within one run are what counts.
//   npm run bench:event-store -- [--streams 20000] [--writers 8] [--rounds 3]
// Works on any DATABASE_URL; without one a server is started, and removed afterwards.
import { parseArgs } from 'node:util';

import { createDataSource, Database, databaseUrl, ensureDatabase, migrate } from '@waybill/database';
import type { Statement, Transaction } from '@waybill/database';
import { EventLog, EventStore, eventStoreMigrations } from '@waybill/event-store';
import type { EventStream } from '@waybill/event-store';
import { newId } from '@waybill/observability';

import { measureSnapshots } from './event-store/snapshots.js';
import { dropDatabase } from './shared/drop-database.js';
import { openInfrastructure } from './shared/infrastructure.js';
import { median } from './shared/statistics.js';

const { values } = parseArgs({
  options: {
    streams: { type: 'string', default: '20000' },
    writers: { type: 'string', default: '8' },
    rounds: { type: 'string', default: '3' },
  },
});
const [streams, writers, rounds] = [Number(values.streams), Number(values.writers), Number(values.rounds)];

type Event = { readonly type: 'Placed'; readonly data: { readonly customerId: string; readonly amount: number } };
const orders: EventStream<Event> = { category: 'order', events: { Placed: {} } };
const placed: Event = { type: 'Placed', data: { customerId: 'cust-42', amount: 3_450 } };

const CREATE_RAW = `CREATE TABLE raw_event (stream_id text NOT NULL, version integer NOT NULL, type text NOT NULL,
  schema_version integer NOT NULL, data json NOT NULL, metadata json, recorded_at timestamptz NOT NULL DEFAULT now(),
  position bigint GENERATED ALWAYS AS IDENTITY, personal json, erased_at timestamptz, PRIMARY KEY (stream_id, version));
  CREATE UNIQUE INDEX raw_event_position ON raw_event (position)`;
const INSERT_RAW: Statement = {
  name: 'raw_insert',
  text: `INSERT INTO raw_event (stream_id, version, type, schema_version, data)
    SELECT id, 1, 'Placed', 1, $2::json FROM unnest($1::text[]) AS id`,
};
const SELECT_RAW: Statement = {
  name: 'raw_select',
  text: 'SELECT * FROM raw_event WHERE position > $1::bigint ORDER BY position LIMIT 1000',
};

async function main(): Promise<void> {
  const infrastructure = await openInfrastructure('embedded');
  const name = `bench_events_${Date.now()}`;
  const url = databaseUrl(infrastructure.serverUrl, name);
  try {
    await ensureDatabase(infrastructure.serverUrl, name);
    const dataSource = await createDataSource({
      url,
      migrations: eventStoreMigrations,
      poolSize: writers,
    }).initialize();
    await migrate(dataSource, url);
    const database = new Database(dataSource);
    await dataSource.query(CREATE_RAW);
    await measure(database);
    await measureSnapshots(database);
    await database.onApplicationShutdown();
    await dropDatabase(infrastructure.serverUrl, name);
  } finally {
    await infrastructure.stop();
  }
}

async function measure(database: Database): Promise<void> {
  const store = new EventStore<Event>(orders);
  const append = (tx: Transaction, ids: readonly string[]): Promise<void> =>
    store.append(
      tx,
      ids.map((id) => ({ id, expectedVersion: 0, events: [placed] })),
    );
  const raw = async (tx: Transaction, ids: readonly string[]): Promise<void> => {
    await tx.query(INSERT_RAW, [ids.map((id) => `order-${id}`), JSON.stringify(placed.data)]);
  };
  for (const together of [1, 100]) {
    await compare(`appends, ${together} a transaction`, together === 1 ? streams / 10 : streams, {
      raw: (count) => write(database, raw, count, together),
      ours: (count) => write(database, append, count, together),
    });
  }
  await compare('events read, the whole log', 0, {
    raw: () => readRaw(database),
    ours: async () => {
      let count = 0;
      for await (const { version } of new EventLog(database, [orders]).readAll()) count += version;
      return count;
    },
  });
}

/** Takes turns, so that both meet the same machine. @param run gives how many it did. */
async function compare(
  what: string,
  count: number,
  run: { raw(count: number): Promise<number>; ours(count: number): Promise<number> },
): Promise<void> {
  const rates: Record<'raw' | 'ours', number[]> = { raw: [], ours: [] };
  for (let round = 0; round < rounds; round += 1) {
    for (const side of ['raw', 'ours'] as const) {
      const startedAt = performance.now();
      const done = await run[side](count);
      rates[side].push(done / ((performance.now() - startedAt) / 1_000));
    }
  }
  const [rawRate, ourRate] = [median(rates.raw), median(rates.ours)];
  const ratio = (ourRate / rawRate).toFixed(2);
  console.log(`${what.padEnd(32)} ${ourRate.toFixed(0)}/s, raw ${rawRate.toFixed(0)}/s (${ratio}x)`);
}

async function write(
  database: Database,
  one: (tx: Transaction, ids: readonly string[]) => Promise<void>,
  count: number,
  together: number,
): Promise<number> {
  let left = Math.ceil(count / together);
  const writer = async (): Promise<void> => {
    while ((left -= 1) >= 0) await database.transaction((tx) => one(tx, Array.from({ length: together }, newId)));
  };
  await Promise.all(Array.from({ length: writers }, writer));
  return count;
}

async function readRaw(database: Database): Promise<number> {
  let [after, count] = ['0', 0];
  for (;;) {
    const rows = await database.query<{ position: string }>(SELECT_RAW, [after]);
    count += rows.length;
    after = rows.at(-1)?.position ?? after;
    if (rows.length < 1_000) return count;
  }
}

void main();
