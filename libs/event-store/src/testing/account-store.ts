import { createDataSource, Database, migrate } from '@waybill/database';
import type { Transaction } from '@waybill/database';
import { createTestDatabase } from '@waybill/embedded/testing';

import { EventStore } from '../event-store.js';
import type { EventStream } from '../event-stream.js';
import { eventStoreMigrations } from '../migrations/index.js';

export type AccountEvent =
  | { readonly type: 'Opened'; readonly data: { readonly owner: string } }
  | { readonly type: 'Paid'; readonly data: { readonly amount: number } };

export const accounts: EventStream<AccountEvent> = { category: 'account', events: { Opened: {}, Paid: {} } };
export const paid = (amount: number): AccountEvent => ({ type: 'Paid', data: { amount } });

/** An event store on a database of its own, without a table for anything else. */
export async function openAccounts() {
  const testDatabase = await createTestDatabase('events');
  const dataSource = await createDataSource({
    url: testDatabase.url,
    migrations: eventStoreMigrations,
    poolSize: 20,
  }).initialize();
  await migrate(dataSource, testDatabase.url);
  const database = new Database(dataSource);
  const store = new EventStore<AccountEvent>(accounts);
  return {
    database,
    store,
    append: (tx: Transaction, id: string, expectedVersion: number, ...events: AccountEvent[]) =>
      store.append(tx, [{ id, expectedVersion, events }]),
    async close(): Promise<void> {
      await database.onApplicationShutdown();
      await testDatabase.drop();
    },
  };
}

export type Accounts = Awaited<ReturnType<typeof openAccounts>>;
