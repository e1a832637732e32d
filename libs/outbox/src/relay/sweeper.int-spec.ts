import { randomUUID } from 'node:crypto';

import type { DedicatedConnection } from '@waybill/database';
import { createTestDatabase } from '@waybill/embedded/testing';
import type { TestDatabase } from '@waybill/embedded/testing';
import { newMessage } from '@waybill/messaging';
import type { NewMessage } from '@waybill/messaging';

import { sweepBlocks } from '../sql/sweep.js';
import { OutboxHarness } from '../testing/outbox-harness.js';
import { testMessage } from '../testing/test-message.js';
import { outboxSweeper } from './sweeper.js';

jest.setTimeout(60_000);

const DAY_MS = 86_400_000;
const COUNT_OLD = `SELECT count(*)::int AS n FROM outbox WHERE published_at < now() - interval '7 days'`;

describe('the sweep of the outbox', () => {
  let testDatabase: TestDatabase;
  let harness: OutboxHarness;
  let connection: DedicatedConnection;

  beforeEach(async () => {
    testDatabase = await createTestDatabase('sweep');
    harness = await OutboxHarness.open(testDatabase.url);
    connection = harness.database.dedicatedConnection({ setUp: ['SET enable_bitmapscan = off'] });
  });

  afterEach(async () => {
    await connection.close();
    await harness.close();
    await testDatabase.drop();
  });

  const messages = (count: number, id?: () => string): NewMessage[] =>
    Array.from({ length: count }, () =>
      newMessage(testMessage('t', 'k').contract, { key: 'k', data: {}, ...(id ? { id: id() } : {}) }),
    );
  const count = async (text: string): Promise<number> => (await harness.sql<{ n: number }>(text))[0]?.n ?? -1;

  it('finds rows of every id after their time, and keeps those that are younger or unpublished', async () => {
    await harness.add(harness.outbox(), ...messages(3_000, randomUUID));
    await harness.sql(`UPDATE outbox SET created_at = now() - interval '30 days',
      published_at = CASE WHEN seq % 10 > 0 THEN now() - interval '30 days' END`);
    await harness.add(harness.outbox(), ...messages(3_000));
    await harness.sql(
      `UPDATE outbox SET published_at = now() - CASE WHEN seq % 2 = 0 THEN interval '1 day' ELSE interval '0' END
       WHERE created_at > now() - interval '1 day'`,
    );
    const blocks = await count(`SELECT (pg_relation_size('outbox') / 8192)::int AS n`);
    const sweeper = outboxSweeper(connection, { retentionMs: 7 * DAY_MS, sweepIntervalMs: 60_000 });
    for (let sweep = 0; sweep < blocks / 128 + 1; sweep++) await sweeper.sweep();
    expect(await count(COUNT_OLD)).toBe(0);
    expect(await count('SELECT count(*)::int AS n FROM outbox')).toBe(3_300);
    expect(await harness.unpublished()).toBe(300);
  });

  it('reads the whole table within a day, however large it is', async () => {
    await harness.add(harness.outbox(), ...messages(6_000, randomUUID));
    await harness.sql(
      `UPDATE outbox SET published_at = now() - CASE WHEN seq % 500 = 0 THEN interval '8 days' ELSE interval '0' END`,
    );
    const sweeper = outboxSweeper(connection, { retentionMs: 7 * DAY_MS, sweepIntervalMs: DAY_MS / 2 });
    await sweeper.sweep();
    await sweeper.sweep();
    await sweeper.sweep();
    expect(await count(COUNT_OLD)).toBe(0);
  });

  it('reads no block but those that it asks for', async () => {
    await connection.query({ name: '', text: `PREPARE sweep (bigint, bigint, bigint) AS ${sweepBlocks.text}` });
    const plan = await connection.query<{ 'QUERY PLAN': string }>({
      name: '',
      text: 'EXPLAIN EXECUTE sweep (0, 8, 1)',
    });
    const text = plan.map((row) => row['QUERY PLAN']).join('\n');
    expect(text).toContain('Tid Range Scan on outbox');
    expect(text).not.toContain('Seq Scan');
  });
});
