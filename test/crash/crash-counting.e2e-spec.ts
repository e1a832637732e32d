import { rmSync } from 'node:fs';

import { bundleProcess, createTestDatabase, testDatabaseServer } from '@waybill/embedded/testing';
import type { TestDatabase } from '@waybill/embedded/testing';
import type { Broker } from '@waybill/messaging';
import { noteContract, noteRecord } from '@waybill/messaging/testing';
import { Client } from 'pg';

import { brokerSpace } from '../system/tested-broker.js';
import type { BrokerSpace } from '../system/tested-broker.js';
import { until } from '../system/until.js';
import { SupervisedConsumer } from './supervised-consumer.js';

const notes = noteContract('notes');
const CRASH_ATTEMPTS = 2;
/** For each of two messages, which may come in different batches: one that nothing is known of, one with the batch marked, and those that count. */
const MAX_DEATHS = 2 * (2 + CRASH_ATTEMPTS);

interface Letter {
  readonly text: string;
  readonly state: string;
  readonly attempts: number;
  readonly reason: string | null;
}

describe('a message that kills the process', () => {
  let bundle: string;
  let database: TestDatabase;
  let client: Client;
  let space: BrokerSpace;
  let broker: Broker;
  let replicas: SupervisedConsumer[];

  beforeAll(async () => {
    bundle = await bundleProcess('test/crash/consuming-process.ts');
  }, 60_000);
  afterAll(() => rmSync(bundle, { force: true }));

  beforeEach(async () => {
    database = await createTestDatabase('crash');
    client = new Client({ connectionString: database.url });
    await client.connect();
    space = brokerSpace();
    broker = space.open({ partitions: 3 });
    await broker.ensureTopics([{ name: 'notes', kind: 'event' }]);
    const settings = {
      databaseUrl: testDatabaseServer(),
      database: new URL(database.url).pathname.slice(1),
      broker: space.settings,
      sessionTimeoutMs: 6_000,
      crashAttempts: CRASH_ATTEMPTS,
    };
    replicas = [new SupervisedConsumer(bundle, settings), new SupervisedConsumer(bundle, settings)];
  }, 60_000);

  afterEach(async () => {
    await Promise.all(replicas.map((replica) => replica.stop()));
    await broker.close();
    await space.remove({ topics: ['notes', 'notes.dlq'], groups: ['notes'] });
    await client.end();
    await database.drop();
  }, 60_000);

  async function publish(...records: readonly (readonly [key: string, text: string])[]): Promise<void> {
    const publisher = await broker.createPublisher();
    await publisher.publish(records.map(([key, text]) => noteRecord(notes, key, text)));
    await publisher.close();
  }

  async function effects(): Promise<readonly string[]> {
    const { rows } = await client.query<{ text: string; attempt: number }>('SELECT * FROM effect ORDER BY text');
    return rows.map(({ text, attempt }) => `${text} (${attempt})`);
  }

  async function letters(): Promise<readonly Letter[]> {
    const { rows } = await client.query<Letter>(
      `SELECT convert_from(value, 'UTF8')::json ->> 'text' AS text, state, attempts, reason FROM held_message ORDER BY 1`,
    );
    return rows;
  }

  async function untilDead(count: number, timeoutMs: number): Promise<void> {
    await until(
      async () => {
        if (deaths() > MAX_DEATHS) throw new Error(`${deaths()} deaths are more than it takes`);
        return (await tableExists()) && (await dead()) === count;
      },
      { timeoutMs, what: `${count} dead letters`, detail: () => `${deaths()} deaths` },
    );
  }

  const deaths = () => replicas.reduce((sum, replica) => sum + replica.deaths, 0);
  const dead = async () => (await letters()).filter(({ state }) => state === 'dead').length;
  const tableExists = async () =>
    (await client.query(`SELECT to_regclass('effect') AS effect`)).rows[0]?.effect !== null;

  it('F18: by exit or an endless loop is dead-lettered after the deaths that it caused alone; its batch-mates are handled once, at their first attempt', async () => {
    const good = Array.from(
      { length: 30 },
      (_, index) => [`k${index}`, `good ${String(index).padStart(2, '0')}`] as const,
    );
    await publish(
      ...good.slice(0, 15),
      ['bad-1', 'exit'],
      ['bad-2', 'loop'],
      ['bad-1', 'exit is behind'],
      ...good.slice(15),
    );
    replicas[0]?.start();
    await untilDead(2, 300_000); // a death takes half a minute on a busy machine
    await until(async () => (await effects()).length === 30, { what: 'the others' });
    expect(await effects()).toEqual(good.map(([, text]) => `${text} (1)`));
    expect(await letters()).toEqual([
      { text: 'exit', state: 'dead', attempts: CRASH_ATTEMPTS, reason: 'PROCESS_CRASHED' },
      { text: 'exit is behind', state: 'parked', attempts: 0, reason: null },
      { text: 'loop', state: 'dead', attempts: CRASH_ATTEMPTS, reason: 'PROCESS_CRASHED' },
    ]);
    await publish(['k0', 'after']);
    await until(async () => (await effects()).includes('after (1)'), { what: 'later messages to flow' });
  }, 420_000);

  it('F18: is dead-lettered too when a delayed attempt kills, whichever of two replicas makes it, and costs the others nothing', async () => {
    const good = Array.from({ length: 10 }, (_, index) => [`k${index}`, `good ${index}`] as const);
    await publish(['bad', 'later'], ['bad', 'later is behind'], ...good);
    for (const replica of replicas) replica.start();
    await untilDead(1, 180_000);
    await until(async () => (await effects()).length === 10, { what: 'the others' });
    expect(await effects()).toEqual(good.map(([, text]) => `${text} (1)`));
    expect(await letters()).toEqual([
      { text: 'later', state: 'dead', attempts: 1 + CRASH_ATTEMPTS, reason: 'PROCESS_CRASHED' },
      { text: 'later is behind', state: 'parked', attempts: 0, reason: null },
    ]);
  }, 300_000);

  it('F82: between two handlers of its event has run the one before it once, and runs the other after the restart; a letter of one is replayed in that one alone', async () => {
    const publisher = await broker.createPublisher();
    const shared = noteContract('notes', 'note.shared');
    const sent = [
      ['a', 'dies'],
      ['b', 'fails'],
      ['b', 'waits'],
      ['c', 'good'],
    ] as const;
    await publisher.publish(sent.map(([key, text]) => noteRecord(shared, key, text)));
    await publisher.close();
    replicas[0]?.start();
    const first = ['dies', 'fails', 'good', 'waits'].map((text) => `first ${text} (1)`);
    const intent = 'second means to call (0)';
    const isSettled = async () => (await effects()).length === 7 && (await letters()).length === 2;
    await until(async () => (await tableExists()) && (await isSettled()), {
      timeoutMs: 120_000,
      what: 'all but the letter and what waits behind it',
    });
    expect((await effects()).toSorted()).toEqual([...first, 'second dies (1)', 'second good (1)', intent]);
    expect(deaths()).toBe(1);
    expect(await letters()).toEqual([
      { text: 'fails', state: 'dead', attempts: 1, reason: 'RETRIES_EXHAUSTED' },
      { text: 'waits', state: 'parked', attempts: 0, reason: null },
    ]);
    await client.query(`UPDATE held_message SET state = 'retrying', next_attempt_at = now() WHERE state = 'dead'`);
    await until(async () => (await effects()).length === 9, { timeoutMs: 60_000, what: 'the replay' });
    const second = ['dies (1)', 'fails (2)', 'good (1)'].map((text) => `second ${text}`);
    expect((await effects()).toSorted()).toEqual([...first, ...second, intent, 'second waits (1)']);
  }, 300_000);
});
