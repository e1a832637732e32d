import { Controller } from '@nestjs/common';
import { Ctx, Payload } from '@nestjs/microservices';
import type { Statement, Transaction, WriteStatement } from '@waybill/database';
import { createTestDatabase, freePort } from '@waybill/embedded/testing';
import type { TestDatabase } from '@waybill/embedded/testing';
import { MessageHandler, OutsideCallHandler } from '@waybill/messaging';
import type { MessageContext, OutsideCalls, ReceivedMessage } from '@waybill/messaging';
import { noteContract, noteRecord } from '@waybill/messaging/testing';
import type { Note } from '@waybill/messaging/testing';

import { startRelease } from './testing/consuming-service.js';
import { until } from './testing/service.js';

jest.setTimeout(60_000);

const notes = noteContract('notes');
const retry = { immediateAttempts: 2, delayedAttempts: 2, baseDelayMs: 10, maxDelayMs: 10 };

interface Row {
  readonly key: string;
  readonly state: string;
  readonly attempts: number;
  readonly last_error: string | null;
}

describe('what a handler itself is to blame for', () => {
  let testDatabase: TestDatabase;
  let release: Awaited<ReturnType<typeof startRelease>> | undefined;

  beforeEach(async () => {
    testDatabase = await createTestDatabase('faults');
  });
  afterEach(async () => {
    await release?.app.close();
    await testDatabase.drop();
  });

  const start = async (controller: new () => object, more: Parameters<typeof startRelease>[3] = {}) => {
    const database = new URL(testDatabase.url).pathname.slice(1);
    release = await startRelease(database, { name: 'notes', kind: 'event' }, [controller], more);
    return release;
  };
  const rows = async (): Promise<readonly Row[]> =>
    (await release?.query<Row>(
      "SELECT convert_from(key, 'utf8') AS key, state, attempts, last_error FROM held_message ORDER BY key",
    )) ?? [];

  it('F92, F15: a refused call inside a transaction counts as its attempt, and other keys are handled', async () => {
    const url = `http://127.0.0.1:${await freePort()}/`;
    const handled: string[] = [];
    @Controller()
    class Notes {
      @MessageHandler(notes, { retry })
      async take(@Payload() { text }: Note): Promise<void> {
        if (text === 'bad') await fetch(url);
        handled.push(text);
      }
    }
    const { publisher } = await start(Notes);
    await publisher.publish([noteRecord(notes, 'a', 'bad'), noteRecord(notes, 'b', 'good')]);
    await until('the message is a letter', async () => (await rows())[0]?.state === 'dead');
    expect(await rows()).toMatchObject([{ key: 'a', attempts: 4 }]);
    expect(handled).toContain('good');
  });

  it('F92, F62: a refused outside call counts as an attempt, in its lane and later', async () => {
    const url = `http://127.0.0.1:${await freePort()}/`;
    let calls = 0;
    @Controller()
    class Notes {
      @OutsideCallHandler(notes, { retry })
      async take(
        @Payload() messages: readonly ReceivedMessage<Note>[],
      ): Promise<OutsideCalls<void, Transaction, Note>> {
        const call = async (): Promise<void> => {
          calls += 1;
          await fetch(url);
        };
        return { calls: messages.map(() => call), conclude: async () => {} };
      }
    }
    const { publisher } = await start(Notes);
    await publisher.publish([noteRecord(notes, 'a', 'bad')]);
    await until('the message is a letter', async () => (await rows())[0]?.state === 'dead');
    expect([(await rows())[0]?.attempts, calls]).toEqual([4, 4]);
  });

  const refused: Statement = { name: 'test_refused', text: 'INSERT INTO parked_key (consumer_group) VALUES (NULL)' };
  const leaveTrace: Statement = { name: 'test_trace', text: 'INSERT INTO trace VALUES (1)' };
  const writeTrace: WriteStatement = { ...leaveTrace, name: 'test_write_trace', tables: ['trace'] };
  const accepted: Statement = { name: 'test_accepted', text: 'SELECT 1' };

  it('F17: who swallows the error of a statement is blamed, by name, not those after it', async () => {
    const attempts: Record<string, number> = {};
    @Controller()
    class Notes {
      @MessageHandler(notes, { retry })
      async take(@Payload() { text }: Note, @Ctx() { tx, message }: MessageContext<Transaction>): Promise<void> {
        attempts[text] = message.attempt;
        if (text === 'bad') await tx.query(refused).catch(() => {}); // "already there"
        else if (text === 'hasty') void tx.query(refused).catch(() => {});
        else await tx.query(accepted);
      }
    }
    const { publisher } = await start(Notes);
    const texts = ['bad', 'good1', 'hasty', 'good2', 'good3'];
    await publisher.publish(texts.map((text, index) => noteRecord(notes, `k${index}`, text)));
    await until('both are letters', async () => (await rows()).filter(({ state }) => state === 'dead').length === 2);
    expect(await rows()).toMatchObject([
      { key: 'k0', attempts: 4, last_error: expect.stringMatching(/swallowed.*consumer_group/) as string },
      { key: 'k2', attempts: 4, last_error: expect.stringMatching(/swallowed.*consumer_group/) as string },
    ]);
    expect(attempts).toMatchObject({ good1: 1, good2: 1, good3: 1 });
  });

  it('F17: what a savepoint has undone is nobody to blame for', async () => {
    const handled: string[] = [];
    @Controller()
    class Notes {
      @MessageHandler(notes, { retry })
      async take(@Payload() { text }: Note, @Ctx() { tx, message }: MessageContext<Transaction>): Promise<void> {
        await tx.manager.transaction((manager) => manager.query(refused.text)).catch(() => {});
        await tx.query(accepted);
        handled.push(`${text} ${message.attempt}`);
      }
    }
    const { publisher } = await start(Notes);
    await publisher.publish([noteRecord(notes, 'a', 'one'), noteRecord(notes, 'b', 'two')]);
    await until('both are handled', () => handled.length >= 2);
    expect([handled, await rows()]).toEqual([['one 1', 'two 1'], []]);
  });

  it('F93: what a handler does after its deadline fails, by whichever way, and others are handled', async () => {
    const handled: string[] = [];
    const late: unknown[] = [];
    @Controller()
    class Notes {
      @MessageHandler(notes)
      async take(@Payload() { text }: Note, @Ctx() { tx }: MessageContext<Transaction>): Promise<void> {
        const { manager } = tx;
        if (text === 'bad') {
          await tx.query(leaveTrace);
          manager.query('SELECT pg_sleep(1)').catch(() => {}); // what would keep a ROLLBACK waiting
          await until('it is given up', () => !tx.isActive);
          const ways = [tx.query(leaveTrace), manager.query(leaveTrace.text), tx.write(writeTrace, [])];
          late.push(...(await Promise.allSettled(ways)).map(({ status }) => status));
        }
        handled.push(text);
      }
    }
    const { publisher, query } = await start(Notes, { handlerTimeoutMs: 100 });
    await query('CREATE TABLE trace (id int)');
    await publisher.publish([noteRecord(notes, 'a', 'bad'), noteRecord(notes, 'b', 'good')]);
    await until('the message is a letter', async () => (await rows())[0]?.state === 'dead');
    await until('the handler went on', () => handled.length === 2);
    expect([late, handled.toSorted(), await query('SELECT * FROM trace')]).toEqual([
      ['rejected', 'rejected', 'rejected'],
      ['bad', 'good'],
      [],
    ]);
    expect(await rows()).toMatchObject([{ last_error: expect.stringContaining('HandlerTimedOut') as string }]);
  });
});
