import { createDataSource, Database, type Transaction } from '@waybill/database';
import { createTestDatabase, type TestDatabase } from '@waybill/embedded/testing';

import { sagaMigrations } from './migrations/saga-migrations.js';
import type { ReplyProgress, ReplyReading } from './ports.js';
import { SagaDeadlines } from './saga-deadlines.js';
import { SagaDefinitions } from './saga-definitions.js';
import { SagaEngine } from './saga-engine.js';
import type { SagaProgress } from './saga-progress.js';
import { SagaStore } from './saga-store.js';
import { trip } from './testing/trip.js';

class Reading implements ReplyReading {
  constructor(
    readonly there: ReadonlyMap<string, number>,
    private readonly taken: ReadonlyMap<string, number>,
    readonly lostAtMs: number | undefined,
  ) {}

  hasRead(earlier: Reading, id: string): boolean {
    return (this.taken.get(id) ?? 0) >= (earlier.there.get(id) ?? 0);
  }
}

/** Replies of each saga that there are, and of these how many were read. */
class FakeReplies implements ReplyProgress {
  readonly there = new Map<string, number>();
  readonly taken = new Map<string, number>();
  readonly retrying = new Set<string>();
  isAway = false;
  lostAtMs: number | undefined;
  reads = 0;

  async read(): Promise<Reading> {
    this.reads += 1;
    if (this.isAway) throw new Error('The broker is away');
    return new Reading(new Map(this.there), new Map(this.taken), this.lostAtMs);
  }

  async waiting(_: Transaction, ids: readonly string[]): Promise<ReadonlySet<string>> {
    return new Set(ids.filter((id) => this.retrying.has(id)));
  }
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 10));
}

describe('deadlines of sagas', () => {
  let testDatabase: TestDatabase;
  let database: Database;
  let store: SagaStore;
  let replies: FakeReplies;
  let fired: string[];
  let running: SagaDeadlines[];
  const definition = trip();

  beforeAll(async () => {
    testDatabase = await createTestDatabase('sagadue');
    const source = await createDataSource({ url: testDatabase.url, migrations: sagaMigrations }).initialize();
    await source.runMigrations();
    database = new Database(source);
    store = new SagaStore(database);
  });

  beforeEach(async () => {
    await database.query({ name: 'clear', text: 'DELETE FROM saga_instance' });
    replies = new FakeReplies();
    fired = [];
    running = [];
  });

  afterEach(() => Promise.all(running.map((deadlines) => deadlines.stop())));

  afterAll(async () => {
    await database.onApplicationShutdown();
    await testDatabase.drop();
  });

  const engine = () =>
    new SagaEngine(new SagaDefinitions([definition]), store, {
      outbox: {
        add: () => {},
        unpublishedAmong: async () => new Set<string>(),
        refusedAmong: async () => new Map<string, string>(),
      },
      alert: { compensationFailed: () => {} },
      deadlineSet: () => {},
    });
  const start = (...ids: readonly string[]) =>
    database.transaction(async (tx) => ids.map((id) => engine().start(tx, 'trip', { id, data: {} })));
  /** Of the database's clock. */
  const makeDue = () =>
    database.query({
      name: 'due',
      text: `UPDATE saga_instance SET (deadline_at, wake_at) =
        (clock_timestamp() - interval '1 s', clock_timestamp() - interval '1 s')`,
    });
  function watch(): void {
    const listener = {
      sagasProgressed: async (_: Transaction, progress: readonly SagaProgress[]) =>
        void fired.push(...progress.map(({ id }) => id)),
    };
    const settings = { batchSize: 2, pollIntervalMs: 50 };
    const deadlines = new SagaDeadlines({ database, engine: engine(), store, listener, replies }, settings);
    running.push(deadlines);
    deadlines.start();
  }
  /** Every replica has looked again, more than once. */
  async function looked(): Promise<void> {
    const enough = replies.reads + 3 * running.length;
    await until(() => replies.reads >= enough);
  }

  it('fire once on two replicas, where nobody has answered (F25)', async () => {
    await start('o1', 'o2', 'o3');
    await makeDue();
    watch();
    watch();
    await until(() => fired.length === 3);
    await Promise.all(running.map((deadlines) => deadlines.stop()));
    expect(fired.sort()).toEqual(['o1', 'o2', 'o3']);
    expect((await store.list()).map(({ status }) => status)).toEqual(['COMPENSATING', 'COMPENSATING', 'COMPENSATING']);
  });

  it('wait for the replies that were there when they fell due, and for none that came later (F64)', async () => {
    await start('o1', 'o2');
    replies.there.set('o1', 5);
    await makeDue();
    watch();
    await until(() => fired.length === 1);
    expect(fired).toEqual(['o2']);
    replies.there.set('o1', 9);
    replies.taken.set('o1', 4);
    await looked();
    expect(fired).toEqual(['o2']);
    replies.taken.set('o1', 5);
    await until(() => fired.length === 2);
  });

  it('undo nothing while the broker is away (F64)', async () => {
    await start('o1');
    await makeDue();
    replies.isAway = true;
    watch();
    await until(() => replies.reads >= 2);
    expect(fired).toEqual([]);
    replies.isAway = false;
    await until(() => fired.length === 1);
  });

  it('ask again where replies were lost since they asked, and undo nothing (F70)', async () => {
    await start('o1', 'o2');
    await makeDue();
    replies.lostAtMs = Date.now();
    watch();
    await until(() => fired.length === 2);
    expect((await store.list()).map(({ status }) => status)).toEqual(['RUNNING', 'RUNNING']);
    expect((await store.list()).map(({ steps }) => steps[0]?.attempts)).toEqual([2, 2]);
  });

  it('wait while a reply that was read is to be tried again (F64)', async () => {
    await start('o1', 'o2');
    replies.retrying.add('o1');
    await makeDue();
    watch();
    await until(() => fired.length === 1);
    await looked();
    expect(fired).toEqual(['o2']);
    replies.retrying.clear();
    await until(() => fired.length === 2);
  });

  it('wait, and are told of as waiting, where a later release has started the saga: one of its replicas fires them (F27)', async () => {
    await start('o1', 'o2');
    await database.query({ name: 'later', text: `UPDATE saga_instance SET version = 2 WHERE id = 'o1'` });
    await makeDue();
    watch();
    await until(() => fired.length === 1);
    await looked();
    expect(fired).toEqual(['o2']);
    expect(await store.due(10)).toMatchObject([{ id: 'o1' }]); // nothing keeps another replica from looking at it now
    await database.query({ name: 'same', text: 'UPDATE saga_instance SET version = 1' });
    await until(() => fired.length === 2);
  });

  const times = async () => {
    const text = `SELECT extract(epoch FROM wake_at - now())::float8 AS wake, extract(epoch FROM deadline_at - now())::float8 AS due
      FROM saga_instance`;
    return (await database.query<{ wake: number; due: number }>({ name: 'test_wake', text }))[0];
  };

  it('are looked at where they had been, and then again where they have moved', async () => {
    await start('o1');
    await database.query({ name: 'moved', text: `UPDATE saga_instance SET wake_at = now() - interval '1 s'` });
    expect(await store.due(10)).toEqual([]);
    const { wake = 0, due = 1 } = (await times()) ?? {};
    expect(wake).toBe(due);
    expect((await store.nextDeadlineInMs()) ?? 0).toBeGreaterThan(30_000);
  });

  it('fire where the release before has set them, which knows nothing of looks', async () => {
    await start('o1', 'o2');
    const text = `UPDATE saga_instance SET wake_at = DEFAULT, deadline_at = CASE id WHEN 'o1' THEN now() - interval '1 s' END`;
    await database.query({ name: 'as_before', text });
    watch();
    await until(() => fired.length === 1);
    await Promise.all(running.map((deadlines) => deadlines.stop()));
    expect(fired).toEqual(['o1']);
    expect((await store.nextDeadlineInMs()) ?? 0).toBeGreaterThan(0);
  });

  it.each([120_000, -120_000])(
    "are set and compared by the database's clock, not by that of a process %d ms off (F65)",
    async (offMs) => {
      const real = Date.now;
      const clock = jest.spyOn(Date, 'now').mockImplementation(() => real() + offMs);
      try {
        await start('o1');
        watch();
        const [row] = await database.query<{ in_s: number; age_s: number }>({
          name: 'times',
          text: `SELECT extract(epoch FROM deadline_at - now())::float8 AS in_s,
          extract(epoch FROM now() - created_at)::float8 AS age_s FROM saga_instance`,
        });
        expect(Math.round((row?.in_s ?? 0) / 10)).toBe(6);
        expect(Math.abs(row?.age_s ?? 60)).toBeLessThan(30);
        expect((await store.list())[0]?.steps[0]?.startedAt).toBeGreaterThan(real() - 30_000);
        expect((await store.list())[0]?.steps[0]?.startedAt).toBeLessThan(real() + 30_000);
        expect(fired).toEqual([]);
        await makeDue();
        await until(() => fired.length === 1);
        await Promise.all(running.map((deadlines) => deadlines.stop()));
        expect((await store.nextDeadlineInMs()) ?? 0).toBeGreaterThan(30_000);
      } finally {
        clock.mockRestore();
      }
    },
  );
});
