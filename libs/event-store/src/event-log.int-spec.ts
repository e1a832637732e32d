import { setTimeout as sleep } from 'node:timers/promises';

import type { Database, Transaction } from '@waybill/database';
import { newId } from '@waybill/observability';

import { EventLog } from './event-log.js';
import { EventStore } from './event-store.js';
import { OrderAllEvents1797200000100 } from './migrations/order-all-events.js';
import { APPENDERS } from './sql/event-horizon.js';
import { READ_EVENTS } from './sql/read-events.js';
import { accounts, openAccounts, paid } from './testing/account-store.js';
import type { Accounts } from './testing/account-store.js';

const WRITERS = 12;
const EACH = 60;

describe('the log of all events', () => {
  let all: Accounts;
  let log: EventLog;

  beforeEach(async () => {
    all = await openAccounts();
    log = new EventLog(all.database, [accounts]);
  });
  afterEach(() => all.close());

  /** A transaction that has appended and stays open until it is told to commit or to roll back. */
  async function appendAndWait(id: string) {
    let end: (outcome: 'commit' | 'roll back') => void = () => {};
    const ended = new Promise<'commit' | 'roll back'>((resolve) => (end = resolve));
    let appended: () => void = () => {};
    const isAppended = new Promise<void>((resolve) => (appended = resolve));
    const whole = all.database.transaction(async (tx) => {
      await all.append(tx, id, 0, paid(1));
      appended();
      if ((await ended) === 'roll back') throw new Error('rolled back');
    });
    await isAppended;
    return async (outcome: 'commit' | 'roll back'): Promise<void> => {
      end(outcome);
      await whole.catch(() => {});
    };
  }

  const append = (id: string) => all.database.transaction((tx) => all.append(tx, id, 0, paid(1)));
  const idsFrom = async (after = '0'): Promise<readonly string[]> => {
    const ids: string[] = [];
    for await (const { id } of log.readAll(after)) ids.push(id);
    return ids;
  };

  it('shows nothing past a position that may still be filled, and all in order once it is', async () => {
    const end = await appendAndWait('first');
    await append('second');
    expect(await idsFrom()).toEqual([]);
    await end('commit');
    await append('third');
    expect(await idsFrom()).toEqual(['first', 'second', 'third']);
  });

  it('waits for all that may still fill a position, not for the first of them', async () => {
    const ends = [await appendAndWait('first'), await appendAndWait('second')];
    await append('third');
    expect(await idsFrom()).toEqual([]);
    await ends[0]?.('commit');
    expect(await idsFrom()).toEqual([]);
    await ends[1]?.('commit');
    expect(await idsFrom()).toEqual(['first', 'second', 'third']);
  });

  it('waits for no position that was rolled back, and for no transaction that appends nothing', async () => {
    const end = await appendAndWait('never');
    await append('second');
    await end('roll back');
    await all.database.transaction(async () => {
      expect(await idsFrom()).toEqual(['second']);
    });
  });

  it('gets ahead while others never stop appending', async () => {
    const stopping = new AbortController();
    const busy = Array.from({ length: 4 }, async () => {
      while (!stopping.signal.aborted) await append(newId());
    });
    try {
      let after = '0';
      for (let pages = 0; pages < 5;) {
        const page = await log.read(after, 10);
        if (page.events.length > 0) pages += 1;
        after = page.position;
      }
    } finally {
      stopping.abort();
      await Promise.all(busy);
    }
  });

  it('F26 shows every event of many writers once, in an order that never changes, whatever they roll back and however long they take', async () => {
    const seen: { position: string; key: string }[] = [];
    const committed: string[] = [];
    let writing = true;
    const write = async (writer: number): Promise<void> => {
      for (let n = 0; n < EACH; n += 1) {
        const ids = Array.from({ length: 1 + (n % 3) }, (_, index) => `${writer}-${n}-${index}`);
        const work = async (tx: Transaction): Promise<void> => {
          for (const id of ids) {
            await all.append(tx, id, 0, paid(n), paid(n + 1));
            if ((n + writer) % 5 === 0) await sleep((n * 7) % 11);
          }
          if ((n + writer) % 7 === 0) throw new Error('rolled back');
        };
        const done = await all.database.transaction(work).then(
          () => true,
          () => false,
        );
        if (done) committed.push(...ids.flatMap((id) => [`${id}#1`, `${id}#2`]));
      }
    };
    const follow = async (): Promise<void> => {
      let after = '0';
      for (;;) {
        const wasWriting = writing;
        const page = await log.read(after, 50);
        seen.push(...page.events.map(({ position, id, version }) => ({ position, key: `${id}#${version}` })));
        after = page.position;
        if (!wasWriting && page.isEnd && page.events.length === 0) return;
      }
    };
    const followed = follow();
    await Promise.all(Array.from({ length: WRITERS }, (_, writer) => write(writer)));
    writing = false;
    await followed;
    expect(seen.map(({ key }) => key).toSorted()).toEqual(committed.toSorted());
    expect(seen.map(({ position }) => Number(position))).toEqual(
      seen.map(({ position }) => Number(position)).toSorted((a, b) => a - b),
    );
    const again: string[] = [];
    for await (const { id, version } of new EventLog(all.database, [accounts]).readAll())
      again.push(`${id}#${version}`);
    expect(again).toEqual(seen.map(({ key }) => key));
  });

  it('may be read by several at once', async () => {
    let answer: () => void = () => {};
    const isAnswered = new Promise<void>((resolve) => (answer = resolve));
    let asked: () => void = () => {};
    const isAsked = new Promise<void>((resolve) => (asked = resolve));
    let lookups = 0;
    const query: Database['query'] = async (...args) => {
      const isFirst = args[0] === APPENDERS && (lookups += 1) === 1;
      const rows = await all.database.query<never>(...args);
      if (isFirst) {
        asked();
        await isAnswered; // what this reader has been told is old by the time it gets it
      }
      return rows;
    };
    log = new EventLog({ query }, [accounts]);
    const ends = [await appendAndWait('first')];
    const slow = log.read('0', 10);
    await isAsked;
    ends.push(await appendAndWait('second'));
    await ends[0]?.('commit');
    expect((await log.read('0', 10)).events).toEqual([]);
    await append('third');
    answer();
    expect(Number((await slow).position)).toBeLessThanOrEqual(1); // `second` may still come
    await ends[1]?.('commit');
    await log.read('0', 10);
    expect(await idsFrom()).toEqual(['first', 'second', 'third']);
  });

  it('goes back with a server that knows less than the one before', async () => {
    for (const id of ['first', 'second', 'third']) await append(id);
    expect(await idsFrom()).toEqual(['first', 'second', 'third']);
    const text = `WITH gone AS (DELETE FROM stored_event WHERE position > 1)
      SELECT setval(pg_get_serial_sequence('stored_event', 'position'), 1)`; // as after a failover to a server that lagged behind
    await all.database.query({ name: 'lag', text });
    const end = await appendAndWait('fourth');
    expect((await log.read('1', 10)).position).toBe('1');
    await append('fifth');
    expect((await log.read('1', 10)).position).toBe('1');
    await end('commit');
    expect(await idsFrom('1')).toEqual(['fourth', 'fifth']);
  });

  it('refuses a category by which the events of another one could be taken for its own', async () => {
    const archive = { category: 'account-archive', events: {} };
    expect(() => new EventLog(all.database, [archive])).toThrow('Category "account-archive" must consist of');
    expect(() => new EventStore(archive)).toThrow(RangeError);
  });

  it('passes what others have written in stretches, however much it is', async () => {
    await append('first');
    await all.database.query({ name: 'fill', text: `SELECT setval('stored_event_position_seq', 250000)` });
    await append('second');
    const asked: unknown[] = [];
    const query: Database['query'] = (statement, values) => {
      if (statement === READ_EVENTS) asked.push(values?.slice(0, 2));
      return all.database.query(statement, values);
    };
    log = new EventLog({ query }, [accounts]);
    expect(await idsFrom()).toEqual(['first', 'second']);
    expect(asked).toEqual([
      ['0', '100000'],
      ['100000', '200000'],
      ['200000', '250001'],
    ]);
  });

  it('reads the streams that it is asked for', async () => {
    await append('mine');
    const others = new EventLog(all.database, [{ category: 'other', events: {} }]);
    const page = await others.read('0', 10);
    expect(page).toMatchObject({ events: [], isEnd: true, position: '1' });
  });

  it('has events that were there before it in the order of their streams', async () => {
    const migration = new OrderAllEvents1797200000100();
    const runner = all.database.dataSource.createQueryRunner();
    await migration.down(runner);
    await runner.query(`
      INSERT INTO stored_event (stream_id, version, type, schema_version, data, recorded_at) VALUES
        ('account-a', 2, 'Paid', 1, '{"amount":2}', now() - interval '3 s'), -- its transaction began before the one of version 1
        ('account-b', 1, 'Paid', 1, '{"amount":3}', now() - interval '1 s'),
        ('account-a', 1, 'Paid', 1, '{"amount":1}', now() - interval '2 s')`);
    await migration.up(runner);
    await runner.release();
    await append('c');
    const read: string[] = [];
    for await (const { id, version, position } of log.readAll()) read.push(`${position} ${id} ${version}`);
    expect(read).toEqual(['1 a 1', '2 a 2', '3 b 1', '4 c 1']);
  });
});
