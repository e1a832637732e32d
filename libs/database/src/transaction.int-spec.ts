import { createTestDatabase, PostgresProxy } from '@waybill/embedded/testing';
import type { TestDatabase } from '@waybill/embedded/testing';
import { watchPoints } from '@waybill/observability/testing';
import { Client } from 'pg';
import { EntitySchema } from 'typeorm';

import { createDataSource } from './create-data-source.js';
import {
  AmbiguousCommitError,
  CommitRefusedError,
  isTransientDatabaseError,
  NotInTransactionError,
} from './database.errors.js';
import { Database } from './database.js';
import type { Statement } from './statement.js';
import type { Transaction } from './transaction.js';

jest.setTimeout(60_000);

interface Note {
  readonly id: number;
  readonly text: string;
}

const NoteSchema = new EntitySchema<Note>({
  name: 'notes',
  columns: { id: { type: Number, primary: true }, text: { type: String } },
});
const insertNote: Statement = { name: 'test_insert_note', text: 'INSERT INTO notes (id, text) VALUES ($1, $2)' };
const countNotes: Statement = { name: 'test_count_notes', text: 'SELECT count(*)::int AS n FROM notes' };
const backendPid: Statement = { name: 'test_backend_pid', text: 'SELECT pg_backend_pid() AS pid' };

describe('Transaction', () => {
  let testDatabase: TestDatabase;
  let database: Database;
  let observer: Client;

  beforeAll(async () => {
    testDatabase = await createTestDatabase('database');
    const dataSource = createDataSource({ url: testDatabase.url, migrations: [], poolSize: 4 });
    dataSource.setOptions({ entities: [NoteSchema] });
    database = new Database(await dataSource.initialize());
    observer = new Client({ connectionString: testDatabase.url });
    await observer.connect();
    await observer.query('CREATE TABLE notes (id int PRIMARY KEY, text text NOT NULL)');
  });

  beforeEach(() => observer.query('TRUNCATE notes'));

  afterAll(async () => {
    await observer.end();
    await database.onApplicationShutdown();
    await testDatabase.drop();
  });

  const notes = async (): Promise<number> => (await database.query<{ n: number }>(countNotes))[0]?.n ?? -1;

  it("commits the driver's statements and TypeORM's together", async () => {
    await database.transaction(async (tx) => {
      await tx.query(insertNote, [1, 'by statement']);
      await tx.manager.getRepository(NoteSchema).save({ id: 2, text: 'by entity' });
      expect(await notes()).toBe(0);
    });
    expect(await notes()).toBe(2);
  });

  it('rolls both back, and rejects with the error of the work', async () => {
    const failing = database.transaction(async (tx) => {
      await tx.query(insertNote, [1, 'a']);
      await tx.manager.getRepository(NoteSchema).save({ id: 2, text: 'b' });
      throw new RangeError('no');
    });
    await expect(failing).rejects.toThrow(RangeError);
    expect(await notes()).toBe(0);
  });

  it('runs beforeCommit within the transaction and afterCommit only once it has committed', async () => {
    const events: string[] = [];
    await database.transaction(async (tx) => {
      tx.beforeCommit(() => [tx.query(insertNote, [1, 'flushed']).then(() => events.push('flushed'))]);
      tx.afterCommit(() => events.push('committed'));
    });
    expect(events).toEqual(['flushed', 'committed']);
    const failing = database.transaction(async (tx) => {
      tx.beforeCommit(() => [tx.query(insertNote, [1, 'the same id again'])]);
      tx.afterCommit(() => events.push('must not happen'));
      await tx.query(insertNote, [2, 'goes with it']);
    });
    await expect(failing).rejects.toMatchObject({ code: '23505' });
    expect(events).toHaveLength(2);
    expect(await notes()).toBe(1);
  });

  it('rolls back where a hook fails before the server is asked, and sends nothing behind COMMIT', async () => {
    const insertLate = async (tx: Transaction): Promise<void> => {
      await tx.query(insertNote, [2, 'later']);
    };
    const nested = async (): Promise<void> => {
      throw new Error('the hook itself');
    };
    const failing = database.transaction(async (tx) => {
      tx.beforeCommit(() => [tx.query(insertNote, [1, 'flushed']), (async () => nested())()]);
    });
    await expect(failing).rejects.toThrow('the hook itself');
    expect(await notes()).toBe(0);
    let late: Promise<unknown> = Promise.resolve();
    await database.transaction(async (tx) => {
      tx.beforeCommit(() => [tx.query(insertNote, [1, 'flushed']).then(() => (late = insertLate(tx).catch(String)))]);
    });
    expect(await late).toContain('Statement');
    expect(await notes()).toBe(1);
  });

  it('tells its diagnostic points when it begins, commits and has committed, and of a rollback only the beginning', async () => {
    const watched = watchPoints(
      'waybill:transaction:begin',
      'waybill:transaction:commit',
      'waybill:transaction:committed',
    );
    const transactions: Transaction[] = [];
    await database.transaction(async (tx) => {
      transactions.push(tx);
      await tx.query(insertNote, [1, 'a']);
      expect(watched.told).toEqual([{ point: 'waybill:transaction:begin', message: { transaction: tx } }]);
      tx.beforeCommit(() => {
        expect(watched.told).toHaveLength(2);
        return [];
      });
      tx.afterCommit(() => expect(watched.told).toHaveLength(3));
    });
    const failing = database.transaction(async (tx) => {
      transactions.push(tx);
      throw new Error('no');
    });
    await expect(failing).rejects.toThrow('no');
    watched.stop();
    const [first, second] = transactions.map((transaction) => ({ transaction }));
    expect(watched.told).toEqual([
      { point: 'waybill:transaction:begin', message: first },
      { point: 'waybill:transaction:commit', message: first },
      { point: 'waybill:transaction:committed', message: first },
      { point: 'waybill:transaction:begin', message: second },
    ]);
  });

  it('remembers state of a kind once per transaction, and none of it in the next', async () => {
    const begun: Transaction[] = [];
    const ids = (tx: Transaction): number[] => (begun.push(tx), []);
    const others = (): number[] => [];
    let ended: Transaction | undefined;
    await database.transaction(async (tx) => {
      ended = tx;
      tx.session(ids).push(1);
      tx.session(ids).push(2);
      expect(tx.session(ids)).toEqual([1, 2]);
      expect(tx.session(others)).toEqual([]);
    });
    await database.transaction(async (tx) => expect(tx.session(ids)).toEqual([]));
    expect(begun).toHaveLength(2);
    expect(() => ended?.session(ids)).toThrow(NotInTransactionError);
  });

  it('does not report a commit that PostgreSQL turned into a rollback', async () => {
    const swallowing = database.transaction(async (tx) => {
      await tx.query({ name: 'test_division', text: 'SELECT 1 / $1::int' }, [0]).catch(() => {});
    });
    await expect(swallowing).rejects.toThrow(CommitRefusedError);
  });

  const double = { id: 1, text: 'the same id again' };
  const swallowing: Readonly<Record<string, (tx: Transaction) => Promise<unknown>>> = {
    'a savepoint': async ({ manager }) => {
      await manager.insert(NoteSchema, double).catch(() => {});
      await manager.transaction((inner) => inner.insert(NoteSchema, { id: 3, text: 'c' })).catch(() => {});
    },
    'a savepoint inside another': async ({ manager }) => {
      const nested = manager.transaction(async (inner) => {
        await inner.insert(NoteSchema, double).catch(() => {});
        await inner.transaction((innermost) => innermost.insert(NoteSchema, { id: 3, text: 'c' })).catch(() => {});
      });
      await nested; // rejects, as it was rolled back by the one inside
    },
  };

  it.each(Object.entries(swallowing))(
    'is not ended by TypeORM where the server refuses %s behind a failure that was swallowed',
    async (_, swallow) => {
      const failing = database.transaction(async (tx) => {
        await tx.query(insertNote, [1, 'a']);
        await swallow(tx);
        await tx.assertIntact();
        await tx.query(insertNote, [2, 'of the next one']);
      });
      await expect(failing).rejects.toThrow();
      expect(await notes()).toBe(0);
    },
  );

  it('blames a failure that was swallowed in front of a savepoint, and lets nothing commit by itself', async () => {
    const late: unknown[] = [];
    const failing = database.transaction(async (tx) => {
      await tx.query(insertNote, [1, 'a']);
      await swallowing['a savepoint']?.(tx);
      late.push(...(await Promise.allSettled([tx.query(insertNote, [4, 'd'])])).map(({ status }) => status));
      await tx.assertIntact();
    });
    await expect(failing).rejects.toMatchObject({
      code: 'FAILURE_SWALLOWED',
      message: expect.stringContaining('duplicate key') as string,
    });
    expect([late, await notes()]).toEqual([['rejected'], 0]);
  });

  it.each([
    ['assertIntact', (tx: Transaction) => tx.assertIntact()],
    ['COMMIT', async () => {}],
  ])('is not committed with a savepoint that nobody has waited for, found by %s', async (_, end) => {
    let release = (): void => {};
    const failing = database.transaction(async (tx) => {
      await new Promise<void>((entered) => {
        const inside = new Promise<void>((resolve) => (release = resolve));
        tx.manager.transaction(() => (entered(), inside)).catch(() => {});
      });
      await end(tx);
    });
    await expect(failing).rejects.toMatchObject({ code: 'SAVEPOINT_LEFT_OPEN' });
    release();
  });

  it('is over after its end', async () => {
    let ended: Transaction | undefined;
    await database.transaction(async (tx) => void (ended = tx));
    await expect(ended?.query(countNotes)).rejects.toThrow(NotInTransactionError);
    expect(() => ended?.manager).toThrow(NotInTransactionError);
    expect(ended?.isActive).toBe(false);
  });

  it('lets its locks go when it is given up, also while it waits for a lock of others', async () => {
    await observer.query("INSERT INTO notes VALUES (1, 'theirs'), (2, 'ours')");
    await observer.query('BEGIN');
    await observer.query('SELECT 1 FROM notes WHERE id = 1 FOR UPDATE');
    const lock = { table: 'notes', column: 'id' };
    const givenUp = database.transaction(async (tx) => {
      const [session] = await tx.query<{ pid: number }>(backendPid);
      await database.lockRows(tx, [{ ...lock, key: '2' }]);
      const waiting = database.lockRows(tx, [{ ...lock, key: '1' }]);
      await isWaiting(session?.pid);
      tx.abandon();
      await waiting;
    });
    await expect(givenUp).rejects.toThrow('Connection terminated');
    const startedAt = performance.now();
    await database.transaction((tx) => database.lockRows(tx, [{ ...lock, key: '2' }]));
    expect(performance.now() - startedAt).toBeLessThan(20_000);
    await observer.query('ROLLBACK');
  }, 30_000);

  /** Resolves once the server process waits for a lock. */
  async function isWaiting(pid: number | undefined): Promise<void> {
    const look = "SELECT 1 FROM pg_stat_activity WHERE pid = $1 AND wait_event_type = 'Lock'";
    while ((await observer.query(look, [pid])).rows.length === 0);
  }

  it.each([
    ['by COMMIT itself', false],
    ['by a statement of the same burst', true],
  ])('says that nobody knows when the connection is lost during COMMIT, noticed %s (F36)', async (_, withFlush) => {
    await observer.query(
      "CREATE OR REPLACE FUNCTION slow() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN PERFORM pg_sleep(20); RETURN NULL; END'",
    );
    await observer.query('DROP TRIGGER IF EXISTS slow ON notes');
    const timing = withFlush ? 'AFTER INSERT ON notes' : 'AFTER INSERT ON notes DEFERRABLE INITIALLY DEFERRED';
    await observer.query(
      `CREATE ${withFlush ? '' : 'CONSTRAINT'} TRIGGER slow ${timing} FOR EACH ROW EXECUTE FUNCTION slow()`,
    );
    let pid = 0;
    const committing = database.transaction(async (tx) => {
      pid = (await tx.query<{ pid: number }>(backendPid))[0]?.pid ?? 0;
      if (withFlush) tx.beforeCommit(() => [tx.query(insertNote, [1, 'a'])]);
      else await tx.query(insertNote, [1, 'a']);
    });
    const failed = committing.then(
      () => undefined,
      (error: unknown) => error,
    );
    for (;;) {
      const { rows } = await observer.query(
        "SELECT 1 FROM pg_stat_activity WHERE pid = $1 AND wait_event = 'PgSleep'",
        [pid],
      );
      if (rows.length > 0) break;
    }
    await observer.query('SELECT pg_terminate_backend($1)', [pid]);
    expect(await failed).toBeInstanceOf(AmbiguousCommitError);
    expect(isTransientDatabaseError(await failed)).toBe(true);
    await observer.query('DROP TRIGGER slow ON notes');
    expect(await notes()).toBe(0); // the pool has replaced the connection
  });

  it('knows that nothing was applied when the connection was lost before COMMIT could be sent', async () => {
    const failed = await database
      .transaction(async (tx) => {
        const [session] = await tx.query<{ pid: number }>(backendPid);
        await tx.query(insertNote, [1, 'a']);
        await observer.query('SELECT pg_terminate_backend($1)', [session?.pid]);
        await unqueryable(tx);
      })
      .then(
        () => undefined,
        (error: unknown) => error,
      );
    expect(isTransientDatabaseError(failed)).toBe(true);
    expect(failed).not.toBeInstanceOf(AmbiguousCommitError);
    expect(await notes()).toBe(0);
  });

  it('replaces connections that the server closed, in use and idle (F58)', async () => {
    for (let round = 0; round < 5; round++) {
      const work = Array.from({ length: 8 }, (_, n) =>
        database
          .transaction((tx) => tx.query(insertNote, [round * 10 + n, 'x']))
          .catch((error: unknown) => expect(isTransientDatabaseError(error)).toBe(true)),
      );
      await observer.query(
        'SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()',
      );
      await Promise.all(work);
    }
    await observer.query(
      'SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()',
    );
    await new Promise((resolve) => setImmediate(resolve));
    await database.transaction((tx) => tx.query(insertNote, [100, 'y'])).catch(() => {});
    await database.transaction((tx) => tx.query(insertNote, [101, 'z']));
    expect(await notes()).toBeGreaterThan(0);
  });

  it('outlives a connection that the server closes in the packet that opens it, and opens another (F58)', async () => {
    const proxy = await PostgresProxy.start(testDatabase.url);
    const dataSource = await createDataSource({ url: proxy.url, migrations: [], poolSize: 4 }).initialize();
    const through = new Database(dataSource);
    try {
      proxy.closeWhenReady(6);
      const work = Array.from({ length: 8 }, (_, n) =>
        through
          .transaction((tx) => tx.query(insertNote, [n, 'x']))
          .then(
            () => 'done',
            (error: unknown) => (isTransientDatabaseError(error) ? 'transient' : error),
          ),
      );
      const outcomes = await Promise.all(work);
      expect(outcomes.filter((outcome) => outcome !== 'done' && outcome !== 'transient')).toEqual([]);
      expect(outcomes).toContain('transient');
      await through.transaction((tx) => tx.query(insertNote, [100, 'y']));
      expect(await notes()).toBe(1 + outcomes.filter((outcome) => outcome === 'done').length);
    } finally {
      await through.onApplicationShutdown();
      await proxy.stop();
    }
  });
});

/** Resolves once the transaction's connection is known to be lost: until then a statement may still be sent. */
async function unqueryable(tx: Transaction): Promise<void> {
  for (;;) {
    const refusal = await tx.query(countNotes).then(
      () => '',
      (error: unknown) => String(error),
    );
    if (refusal.includes('not queryable')) return;
  }
}
