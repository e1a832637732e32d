import { createDataSource, Database, migrate } from '@waybill/database';
import type { Statement, Transaction } from '@waybill/database';
import { createTestDatabase } from '@waybill/embedded/testing';
import type { FailedMessage, FailureDecision, HeldMessage, Undoing } from '@waybill/messaging';

import { DeadLetterStore } from '../dead-letter-store.js';
import { DeadLetters } from '../dead-letters.js';
import { Discards } from '../discards.js';
import { DueMessages } from '../due-messages.js';
import type { HeldRow } from '../held-rows.js';
import { HeldSweeper } from '../held-sweeper.js';
import { LetterEdits } from '../letter-edits.js';
import { deadLetterMigrations } from '../migrations.js';
import { ParkedKeys } from '../parked-keys.js';
import { ReplayRuns } from '../replay-runs.js';
import { Replays } from '../replays.js';
import type { DeadLetterOptions } from '../tokens.js';
import { FakeInbox, FakeRunner, FakeSink, insertEffect } from './fakes.js';

export const GROUP = 'payment';

const sql = (name: string, text: string): Statement => ({ name: `test_${name}`, text });

/** A service's database with everything that stands around the lib as fakes, and any number of replicas on it. */
export async function startService() {
  const testDatabase = await createTestDatabase('dlq');
  const source = createDataSource({ url: testDatabase.url, migrations: deadLetterMigrations });
  await source.initialize();
  await migrate(source, testDatabase.url);
  const database = new Database(source);
  await database.query(sql('effects', 'CREATE TABLE effect (seq bigserial, message_id text NOT NULL)'));
  const replicas: DueMessages[] = [];

  return {
    database,

    /** One process of the service; its held messages run once `held.onApplicationBootstrap()` is called. */
    replica(more: Partial<DeadLetterOptions> = {}) {
      const [sink, inbox, runner] = [new FakeSink(), new FakeInbox(), new FakeRunner(database)];
      const options: DeadLetterOptions = { group: GROUP, serviceVersion: '1.2.3', pollIntervalMs: 25, ...more };
      const store = new DeadLetterStore(options, sink);
      const held = new DueMessages(database, store, runner, inbox, options);
      replicas.push(held);
      return {
        sink,
        inbox,
        runner,
        store,
        held,
        letters: new DeadLetters(database, runner, options),
        replays: new Replays(database, held, runner, options),
        discards: new Discards(database, held, inbox, options),
        edits: new LetterEdits(database, held, runner, inbox, options),
        runs: new ReplayRuns(database, options),
        parkedKeys: new ParkedKeys(database, options),
        sweeper: new HeldSweeper(database, options),
      };
    },

    /** A batch as the consumer makes it: what is undone goes, what is parked goes behind its key, the rest is handled. */
    async consume(store: DeadLetterStore, messages: readonly HeldMessage[]): Promise<void> {
      await database.transaction(async (tx) => {
        await store.supersede(tx, GROUP, messages.flatMap(undoingsOf));
        const records = messages.map(({ record }) => record);
        const isParked = await store.parkedKeys(tx, GROUP, records);
        for (const [index, { identity }] of messages.entries()) {
          if (isParked[index] !== true) await tx.query(insertEffect, [identity.id]);
        }
        const behind = messages.filter((_, index) => isParked[index] === true);
        if (behind.length > 0) await store.park(tx, behind);
      });
    },

    fail(store: DeadLetterStore, ...messages: FailedMessage[]): Promise<void> {
      return database.transaction((tx) => store.fail(tx, messages));
    },

    isParked(store: DeadLetterStore, key: string): Promise<boolean> {
      return database.transaction(async (tx) => (await store.parkedKeys(tx, GROUP, [at(key)]))[0] === true);
    },

    rows(): Promise<HeldRow[]> {
      return database.query<HeldRow>(sql('rows', 'SELECT * FROM held_message ORDER BY seq'));
    },

    async states(): Promise<string[]> {
      return (await this.rows()).map(({ message_id: id, state }) => `${id} ${state}`);
    },

    /** Ids of the messages whose handlers have taken effect, in the order of their commits. */
    async effects(): Promise<string[]> {
      const rows = await database.query<{ message_id: string }>(sql('effect', 'SELECT * FROM effect ORDER BY seq'));
      return rows.map((row) => row.message_id);
    },

    execute: (name: string, text: string, values: readonly unknown[] = []) => database.query(sql(name, text), values),

    async reset(): Promise<void> {
      await Promise.all(replicas.splice(0).map((held) => held.beforeApplicationShutdown()));
      await database.query(sql('reset', 'TRUNCATE effect, parked_key, dead_letter_action, replay_run, held_message'));
    },

    async stop(): Promise<void> {
      await Promise.all(replicas.map((held) => held.beforeApplicationShutdown()));
      await database.onApplicationShutdown();
      await testDatabase.drop();
    },
  };
}

export type Service = Awaited<ReturnType<typeof startService>>;

const at = (key: string) => ({ topic: 'payment.commands', key: Buffer.from(key) });

/** As the consumer makes it of a message that undoes others. */
export function undoingsOf({ record, identity, undoes }: HeldMessage): readonly Undoing[] {
  return undoes === undefined ? [] : [{ ...record, identity, undoes }];
}

/** A message that undoes `payment.process`. */
export function undoing(id: string, key: string | null): HeldMessage {
  return { ...message(id, key), type: 'payment.refund.v1', undoes: ['payment.process'] };
}

export function message(id: string, key: string | Buffer | null, value = `value of ${id}`): HeldMessage {
  return {
    group: GROUP,
    identity: { source: '/order', id },
    record: {
      topic: 'payment.commands',
      partition: 3,
      position: '41',
      key: typeof key === 'string' ? Buffer.from(key) : key,
      value: Buffer.from(value),
      headers: { ce_id: id },
      timestampMs: 1_700_000_000_123,
    },
    handler: 'PaymentController.process',
    type: 'payment.process.v1',
  };
}

export const dead: FailureDecision = { kind: 'dead-letter', reason: 'RETRIES_EXHAUSTED' };
export const later = (delayMs: number): FailureDecision => ({ kind: 'retry-later', delayMs });

export function failed(
  of: HeldMessage,
  decision: FailureDecision,
  error: unknown = new Error('broken'),
): FailedMessage {
  return { ...of, error, attempts: 3, decision };
}

/** Waits for a condition, by looking. */
export async function until(what: string, condition: () => Promise<boolean> | boolean): Promise<void> {
  const giveUpAt = Date.now() + 20_000;
  while (!(await condition())) {
    if (Date.now() > giveUpAt) throw new Error(`Timed out waiting until ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

/** A transaction that stays open until it is let go. */
export function openTransaction(database: Database, work: (tx: Transaction) => Promise<void>) {
  let letGo = (): void => {};
  const gate = new Promise<void>((resolve) => (letGo = resolve));
  let done: Promise<void> = Promise.resolve();
  const opened = new Promise<void>((resolve, reject) => {
    done = database.transaction(async (tx) => {
      await work(tx);
      resolve();
      await gate;
    });
    done.catch(reject);
  });
  return {
    opened,
    commit: async (): Promise<void> => {
      letGo();
      await done;
    },
  };
}
