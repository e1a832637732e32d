import type { Database } from '@waybill/database';
import { EventStore, EventVersions, Projections, replay } from '@waybill/event-store';
import type { Evolution, Projection } from '@waybill/event-store';

// #region use
type AccountEvent = { type: 'Opened'; data: { owner: string } } | { type: 'Paid'; data: { amount: number } };

const store = new EventStore<AccountEvent>({
  category: 'account',
  events: {
    Opened: { versions: EventVersions.from<{ name: string }>().to(({ name }) => ({ owner: name })) }, // it was called name
    Paid: {},
  },
});

const balance: Evolution<number, AccountEvent> = {
  initial: 0,
  evolve: (sum, event) => (event.type === 'Paid' ? sum + event.data.amount : sum),
};

export function pay(database: Database, id: string, amount: number): Promise<number> {
  return database.transaction(async (tx) => {
    const { version, events } = await store.load(tx, id);
    const paid: AccountEvent = { type: 'Paid', data: { amount } };
    await store.append(tx, [{ id, expectedVersion: version, events: [paid] }]); // refused where another came first
    return replay(balance, [...events, paid]);
  });
}
// #endregion

// #region project
const payIn = {
  name: 'account_total_add',
  text: `
    INSERT INTO account_total AS t (id, total) SELECT id, sum(amount) FROM unnest($1::text[], $2::bigint[]) AS e (id, amount) GROUP BY id
    ON CONFLICT (id) DO UPDATE SET total = t.total + excluded.total`,
};

const accountTotals: Projection<AccountEvent> = {
  name: 'account-totals',
  tables: ['account_total'], // made by a migration of yours
  streams: [store.stream],
  lifecycle: 'async',
  async project(events, tx) {
    const amounts = events.map(({ event }) => (event.type === 'Paid' ? event.data.amount : 0));
    await tx.query(payIn, [events.map(({ id }) => id), amounts]);
  },
};

export const projectionsOf = (database: Database): Projections => new Projections(database, [accountTotals]);
// #endregion
