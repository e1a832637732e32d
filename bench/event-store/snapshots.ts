import type { Database, Statement } from '@waybill/database';
import { EventStore, replay } from '@waybill/event-store';
import type { EventStream, Evolution } from '@waybill/event-store';

import { median } from '../shared/statistics.js';

/** An account, as orders are too short: an order has at most five events. */
interface Paid {
  readonly type: 'Paid';
  readonly data: { readonly amount: number; readonly note: string };
}
interface Balance {
  readonly total: number;
  readonly last: string;
}

const accounts: EventStream<Paid> = { category: 'account', events: { Paid: {} } };
const balance: Evolution<Balance, Paid> = {
  initial: { total: 0, last: '' },
  evolve: ({ total }, { data }) => ({ total: total + data.amount, last: data.note }),
};
const NOTE = 'x'.repeat(200); // so that an event is as large as an order's

/** How many events are younger than the snapshot: the best case of one that is taken every few events. */
const YOUNGER = 5;
const LENGTHS = [5, 50, 500, 5_000];
const LOADS = 200;

const CREATE =
  'CREATE TABLE bench_snapshot (stream_id text PRIMARY KEY, version integer NOT NULL, state json NOT NULL)';
const INSERT: Statement = {
  name: 'bench_snapshot_insert',
  text: 'INSERT INTO bench_snapshot VALUES ($1, $2, $3::json)',
};
const FIND: Statement = {
  name: 'bench_snapshot_find',
  text: 'SELECT version, state FROM bench_snapshot WHERE stream_id = $1',
};
const YOUNGEST: Statement = {
  name: 'bench_snapshot_younger',
  text: `
    SELECT e.data FROM bench_snapshot s JOIN stored_event e ON e.stream_id = s.stream_id AND e.version > s.version
    WHERE s.stream_id = $1 ORDER BY e.version`,
};

/** Loads and replays streams of several lengths, whole and from a snapshot of five events before, in turns. */
export async function measureSnapshots(database: Database): Promise<void> {
  const store = new EventStore<Paid>(accounts);
  await database.query({ name: '', text: CREATE });
  for (const length of LENGTHS) await write(database, store, length);
  for (const length of LENGTHS) {
    const id = String(length);
    const whole = () => database.transaction(async (tx) => replay(balance, (await store.load(tx, id)).events));
    const fromSnapshot = () =>
      database.transaction(async (tx) => {
        const [[snapshot], rows] = await Promise.all([
          tx.query<{ state: Balance }>(FIND, [`account-${id}`]),
          tx.query<{ data: Paid['data'] }>(YOUNGEST, [`account-${id}`]),
        ]);
        const events = rows.map(({ data }): Paid => ({ type: 'Paid', data }));
        return events.reduce(balance.evolve, snapshot?.state ?? balance.initial);
      });
    await compare(`load of ${length} events`, whole, fromSnapshot);
  }
}

async function write(database: Database, store: EventStore<Paid>, length: number): Promise<void> {
  const id = String(length);
  const events = Array.from({ length }, (_, n): Paid => ({ type: 'Paid', data: { amount: n, note: NOTE } }));
  await database.transaction((tx) => store.append(tx, [{ id, expectedVersion: 0, events }]));
  const state = replay(balance, events.slice(0, -YOUNGER));
  await database.transaction((tx) => tx.query(INSERT, [`account-${id}`, length - YOUNGER, JSON.stringify(state)]));
}

async function compare(
  what: string,
  whole: () => Promise<Balance>,
  fromSnapshot: () => Promise<Balance>,
): Promise<void> {
  const times: Record<'whole' | 'fromSnapshot', number[]> = { whole: [], fromSnapshot: [] };
  for (let load = 0; load < LOADS; load += 1) {
    for (const [side, run] of Object.entries({ whole, fromSnapshot }) as ['whole' | 'fromSnapshot', typeof whole][]) {
      const startedAt = performance.now();
      await run();
      times[side].push(performance.now() - startedAt);
    }
  }
  const [all, some] = [median(times.whole), median(times.fromSnapshot)];
  console.log(
    `${what.padEnd(32)} ${all.toFixed(2)} ms, from a snapshot ${some.toFixed(2)} ms (${(some / all).toFixed(2)}x)`,
  );
}
