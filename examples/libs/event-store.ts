import type { Database } from '@waybill/database';
import { EventStore, replay } from '@waybill/event-store';
import type { Evolution } from '@waybill/event-store';

// #region use
type AccountEvent = { type: 'Opened'; data: { owner: string } } | { type: 'Paid'; data: { amount: number } };

const store = new EventStore<AccountEvent>({
  category: 'account',
  events: {
    Opened: { version: 2, upcasters: { 1: (data) => ({ owner: (data as { name: string }).name }) } },
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
