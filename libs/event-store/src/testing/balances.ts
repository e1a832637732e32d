import { setTimeout as sleep } from 'node:timers/promises';

import type { Database, Transaction } from '@waybill/database';

import type { RecordedEvent } from '../event-log.js';
import type { Projection, ProjectionState } from '../projections/projection.js';
import { Projections } from '../projections/projections.js';
import type { ProjectionsOptions } from '../projections/projections.js';
import { accounts } from './account-store.js';
import type { AccountEvent } from './account-store.js';

const ADD = {
  name: 'balance_add',
  text: `
    INSERT INTO balance AS b (id, total, events) SELECT id, sum(amount), count(*)
    FROM unnest($1::text[], $2::bigint[]) AS e (id, amount) GROUP BY id ORDER BY id
    ON CONFLICT (id) DO UPDATE SET total = b.total + excluded.total, events = b.events + excluded.events`,
};

type Recorded = RecordedEvent<AccountEvent>;

/** Not idempotent on purpose: an event that is applied twice, or not at all, shows in the sum. */
export async function addToBalances(events: readonly Recorded[], tx: Transaction): Promise<void> {
  const amounts = events.map(({ event }) => (event.type === 'Paid' ? event.data.amount : 0));
  await tx.query(ADD, [events.map(({ id }) => id), amounts]);
}

export const balances: Projection<AccountEvent> = {
  name: 'balances',
  tables: ['balance'],
  streams: [accounts],
  lifecycle: 'async',
  project: addToBalances,
};

export async function createBalanceTable(database: Database): Promise<void> {
  const ask = (text: string) => database.query({ name: '', text });
  await ask(`CREATE TABLE balance (id text PRIMARY KEY, total bigint NOT NULL, events integer NOT NULL CHECK (events > 0))
    WITH (fillfactor = 70)`);
  await ask('CREATE INDEX balance_total ON balance (total DESC) WHERE total > 0');
}

/** Looks often, so that tests are quick. */
export function projectionsOf(
  database: Database,
  projection: Projection<AccountEvent> = balances,
  options: ProjectionsOptions = {},
): Projections {
  return new Projections(database, [projection], {
    pollIntervalMs: 20,
    rebuildIntervalMs: 20,
    leaseMs: 1_000,
    rebuildDutyCycle: 1,
    ...options,
  });
}

export interface Balance {
  readonly id: string;
  readonly total: string;
  readonly events: number;
}

export const readBalances = (database: Database): Promise<readonly Balance[]> =>
  database.query<Balance & Record<string, unknown>>({
    name: 'balances',
    text: 'SELECT id, total, events FROM balance ORDER BY id',
  });

export async function untilState(
  projections: Projections,
  isSo: (state: ProjectionState) => boolean,
  name = 'balances',
): Promise<ProjectionState> {
  for (const end = Date.now() + 60_000; ; await sleep(20)) {
    const state = await projections.find(name);
    if (isSo(state)) return state;
    if (Date.now() > end) throw new Error(`Projection ${name} stays as ${JSON.stringify(state)}`);
  }
}
