import { NotInTransactionError } from '@waybill/database';
import type { Transaction } from '@waybill/database';
import { createTestDatabase } from '@waybill/embedded/testing';
import type { TestDatabase } from '@waybill/embedded/testing';
import type { NewMessage } from '@waybill/messaging';

import { MessageTooLargeError, NotPublishableError, UnknownTopicError } from './outbox.errors.js';
import { OutboxHarness } from './testing/outbox-harness.js';
import { testMessage } from './testing/test-message.js';

jest.setTimeout(60_000);

/** As a caller without types may give it. */
const untyped = (value: unknown): string => value as string;

describe('Outbox.add', () => {
  let testDatabase: TestDatabase;
  let harness: OutboxHarness;

  beforeAll(async () => {
    testDatabase = await createTestDatabase('outbox');
    harness = await OutboxHarness.open(testDatabase.url);
  });

  beforeEach(async () => {
    await harness.sql('TRUNCATE outbox');
  });

  afterAll(async () => {
    await harness.close();
    await testDatabase.drop();
  });

  it('writes nothing when the transaction rolls back, and tells the relay nothing (F1)', async () => {
    const accepted: unknown[] = [];
    const outbox = harness.outbox(
      {},
      {
        shardFor: (_topic, hashed) => hashed,
        accept: (rows) => accepted.push(...rows),
        lookAgain: () => {},
      },
    );
    const failing = harness.database.transaction(async (tx) => {
      outbox.add(tx, testMessage('t', 'k'));
      throw new Error('after all not');
    });
    await expect(failing).rejects.toThrow('after all not');
    await harness.add(outbox, testMessage('t', 'k'));
    expect(accepted).toHaveLength(1);
    expect(await harness.unpublished()).toBe(1);
  });

  it('refuses anything but a live transaction, by type and at run time', async () => {
    const outbox = harness.outbox();
    const message = testMessage('t', 'k');
    // @ts-expect-error a plain connection is no transaction
    expect(() => outbox.add(harness.database, message)).toThrow(NotInTransactionError);
    // @ts-expect-error nor is nothing
    expect(() => outbox.add(undefined, message)).toThrow(NotInTransactionError);
    let ended: Transaction | undefined;
    await harness.database.transaction(async (tx) => void (ended = tx));
    const late = ended;
    expect(late && (() => outbox.add(late, message))).toThrow(NotInTransactionError);
    expect(await harness.unpublished()).toBe(0);
  });

  it('takes messages of contracts only', async () => {
    const outbox = harness.outbox();
    await harness.database.transaction(async (tx) => {
      // @ts-expect-error any object would do, if types didn't matter
      expect(() => outbox.add(tx, { topic: 't', value: '{}' })).toThrow(NotPublishableError);
      const forged: NewMessage = { ...testMessage('t', 'k'), id: 'not-a-uuid' };
      expect(() => outbox.add(tx, forged)).toThrow(NotPublishableError);
    });
    expect(await harness.unpublished()).toBe(0);
  });

  it.each([
    ['too large', testMessage('t', 'k', 'x'.repeat(1_000_001)), MessageTooLargeError],
    ['for an unknown topic', testMessage('nobody-reads-this', 'k'), UnknownTopicError],
    ['with a key that UTF-8 cannot carry', testMessage('t', '\uD800'), NotPublishableError],
    ['with a NUL in its subject', { ...testMessage('t', 'k'), subject: 'a\0b' }, NotPublishableError],
    [
      'with a number for its correlation id',
      { ...testMessage('t', 'k'), correlationId: untyped(42) },
      NotPublishableError,
    ],
    ['with a date for its time', { ...testMessage('t', 'k'), time: untyped(new Date()) }, NotPublishableError],
    ['without data', testMessage('t', 'k', () => 1), NotPublishableError],
  ])('refuses a message %s, and takes none of its call', async (_, message, error) => {
    const outbox = harness.outbox({ topics: ['t'] });
    await harness.database.transaction(async (tx) => {
      expect(() => outbox.add(tx, testMessage('t', 'k'), message)).toThrow(error);
    });
    expect(await harness.unpublished()).toBe(0);
  });

  it('says of a contract, before anything is sent, that it would refuse its messages for their topic', () => {
    const outbox = harness.outbox({ topics: ['t'] });
    const { contract } = testMessage('nobody-reads-this', 'k');
    expect(outbox.faultsFor(contract)).toEqual([expect.stringContaining('goes to topic nobody-reads-this')]);
    expect(outbox.faultsFor(testMessage('t', 'k').contract)).toEqual([]);
    expect(harness.outbox({ topics: undefined }).faultsFor(contract)).toEqual([]);
  });

  it('takes a message just below the limit, and data with NUL and lone surrogates', async () => {
    const outbox = harness.outbox();
    await harness.add(outbox, testMessage('t', 'k', 'x'.repeat(999_000)), testMessage('t', 'k', 'a\0b\uD800'));
    expect(await harness.unpublished()).toBe(2);
  });

  it("writes rows that Debezium's outbox event router can read instead of the relay", async () => {
    const cause = { id: '0190b9a0-0000-7000-8000-000000000001', correlationId: 'c-1', traceparent: '00-a-b-01' };
    const message = {
      ...testMessage('t', 'order-1', { total: 5 }),
      causationId: cause.id,
      ...cause,
      id: testMessage('t', 'k').id,
    };
    await harness.add(harness.outbox(), message);
    const [row] = await harness.sql<Record<string, unknown>>('SELECT * FROM outbox');
    expect(row).toEqual({
      seq: expect.stringMatching(/^\d+$/),
      id: message.id,
      aggregatetype: 'test',
      aggregateid: 'order-1',
      type: 'test.happened.v1',
      payload: Buffer.from('{"total":5}'),
      topic: 't',
      key: Buffer.from('order-1'),
      key_hash: expect.any(Number),
      shard: expect.any(Number),
      source: '/test',
      subject: 'order-1',
      time: message.time,
      correlationid: 'c-1',
      causationid: cause.id,
      traceparent: '00-a-b-01',
      created_at: expect.any(Date),
      published_at: null,
    });
  });

  it('takes 20,000 messages in one transaction, whatever PostgreSQL allows in parameters and locks (F51)', async () => {
    const messages = Array.from({ length: 20_000 }, (_, n) => testMessage('t', `key-${n}`, { n }));
    const outbox = harness.outbox();
    const countLocks = {
      name: 'test_count_locks',
      text: "SELECT count(*)::int AS n FROM pg_locks WHERE locktype = 'advisory' AND pid = pg_backend_pid()",
    };
    let locks: Promise<{ n: number }[]> | undefined;
    await harness.database.transaction(async (tx) => {
      outbox.add(tx, ...messages);
      tx.beforeCommit(() => [(locks = tx.query<{ n: number }>(countLocks))]);
    });
    expect((await locks)?.[0]?.n).toBe(1); // all transactions of the server share some 6,400
    expect(await harness.unpublished()).toBe(20_000);
    const rows = await harness.sql<{ id: string }>('SELECT id FROM outbox ORDER BY seq');
    expect(rows.map(({ id }) => id)).toEqual(messages.map(({ id }) => id));
  });

  it('takes no message inside a savepoint, whose rollback would not take it back (F1)', async () => {
    const outbox = harness.outbox();
    await harness.database.transaction(async (tx) => {
      const inside = tx.manager.transaction(async () => outbox.add(tx, testMessage('t', 'never')));
      await expect(inside).rejects.toMatchObject({
        code: 'IN_SAVEPOINT',
        message: expect.stringContaining('Outbox.add'),
      });
      outbox.add(tx, testMessage('t', 'behind it'));
    });
    expect(await harness.sql('SELECT aggregateid FROM outbox')).toEqual([{ aggregateid: 'behind it' }]);
  });

  it('takes no transaction of another database, but one of another data source to its own', async () => {
    const outbox = harness.outbox();
    const elsewhere = await createTestDatabase('elsewhere');
    const [other, beside] = [await OutboxHarness.open(elsewhere.url), await OutboxHarness.open(testDatabase.url)];
    const foreign = other.database.transaction(async (tx) => outbox.add(tx, testMessage('t', 'k')));
    await expect(foreign).rejects.toMatchObject({
      code: 'FOREIGN_TRANSACTION',
      message: expect.stringContaining(new URL(elsewhere.url).pathname),
    });
    expect(await other.unpublished()).toBe(0);
    await beside.add(outbox, testMessage('t', 'k'));
    expect(await harness.unpublished()).toBe(1);
    await Promise.all([other.close(), beside.close()]);
    await elsewhere.drop();
  });

  it('says which messages are still unpublished, also to the transaction that asks', async () => {
    const outbox = harness.outbox();
    const [waiting, published, unknown] = [testMessage('t', 'a'), testMessage('t', 'b'), testMessage('t', 'c')];
    await harness.add(outbox, waiting, published);
    await harness.sql("UPDATE outbox SET published_at = now() WHERE aggregateid = 'b'");
    const ids = [waiting.id, published.id, unknown.id];
    expect(await outbox.unpublishedAmong(ids)).toEqual(new Set([waiting.id]));
    await harness.database.transaction(async (tx) => {
      expect(await outbox.unpublishedAmong(ids, tx)).toEqual(new Set([waiting.id]));
    });
  });
});
