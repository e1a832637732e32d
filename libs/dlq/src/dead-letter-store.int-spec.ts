import { randomBytes } from 'node:crypto';

import { Logger } from '@nestjs/common';

import type { DeadLetterData } from './dead-letter.message.js';
import { heldMessageOf } from './held-rows.js';
import { dead, failed, later, message, openTransaction, startService, until } from './testing/service.js';
import type { Service } from './testing/service.js';

jest.setTimeout(60_000); // conditions are awaited; one that does not come true says so after 20 s
let service: Service;

beforeAll(async () => {
  service = await startService();
});
afterEach(() => service.reset());
afterAll(() => service.stop());

/** Sessions of this test's database that wait for a lock. */
const waiting = async () =>
  (
    await service.execute(
      'waiting',
      `SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`,
    )
  ).length;

describe('the dead letter store on PostgreSQL', () => {
  it.each([
    ['no key', null],
    ['an empty key', Buffer.alloc(0)],
  ])('F53 one poison among 20 messages with %s parks none of the others', async (_, key) => {
    const { store } = service.replica();
    await service.fail(store, failed(message('poison', key), dead));
    const others = Array.from({ length: 19 }, (_each, index) => message(`m${index}`, key));
    await service.consume(store, others);
    expect(await service.effects()).toEqual(others.map(({ identity }) => identity.id));
    expect(await service.states()).toEqual(['poison dead']);
  });

  it('parks a key in its group and topic, and no other', async () => {
    const { store } = service.replica();
    await service.fail(store, failed(message('m1', 'a'), later(60_000)));
    const asked = [
      { topic: 'payment.commands', key: Buffer.from('a') },
      { topic: 'payment.commands', key: Buffer.from('b') },
      { topic: 'order.events', key: Buffer.from('a') },
      { topic: 'payment.commands', key: null },
      { topic: 'payment.commands', key: Buffer.from('a') },
    ];
    await service.database.transaction(async (tx) => {
      expect(await store.parkedKeys(tx, 'payment', asked)).toEqual([true, false, false, false, true]);
      expect(await store.parkedKeys(tx, 'shipping', asked)).toEqual([false, false, false, false, false]);
    });
  });

  it('logs a dead letter once, when it has committed, by its ids and reason and nothing of its payload', async () => {
    const { store } = service.replica();
    const lines: unknown[][] = [];
    Logger.overrideLogger({ log: () => undefined, error: () => undefined, warn: (...line) => lines.push(line) });
    try {
      await service.fail(store, failed(message('m0', 'a'), later(60_000)));
      const rolledBack = service.database.transaction(async (tx) => {
        await store.fail(tx, [failed(message('m1', 'a'), dead)]);
        throw new Error('no');
      });
      await expect(rolledBack).rejects.toThrow('no');
      await service.fail(store, failed(message('m2', 'b'), dead));
    } finally {
      Logger.overrideLogger(false);
    }
    expect(lines).toEqual([
      ['A message became a dead letter', expect.objectContaining({ messageId: 'm2', key: 'b' }), 'DeadLetterStore'],
    ]);
    expect(Object.keys(lines[0]?.[1] ?? {}).toSorted()).toEqual(
      ['attempts', 'handler', 'key', 'messageId', 'reason', 'topic', 'type'].toSorted(),
    );
  });

  it('loses nothing that was failed or parked by a transaction that rolls back, and keeps none of it', async () => {
    const { store, sink } = service.replica();
    const rolledBack = service.database.transaction(async (tx) => {
      await store.fail(tx, [failed(message('m1', 'a'), dead)]);
      throw new Error('no');
    });
    await expect(rolledBack).rejects.toThrow('no');
    expect([await service.states(), sink.published, await service.isParked(store, 'a')]).toEqual([[], [], false]);
  });

  it('keeps 500 messages of a key in the order given', async () => {
    const { store } = service.replica();
    const ids = Array.from({ length: 500 }, (_, index) => `m${(index * 7919) % 500}`);
    await service.database.transaction(async (tx) =>
      store.park(
        tx,
        ids.map((id) => message(id, 'a')),
      ),
    );
    expect((await service.rows()).map((row) => row.message_id)).toEqual(ids);
  });

  it('F79 gives back key, headers and payload byte by byte: NUL, lone surrogates, any binary', async () => {
    const { store } = service.replica();
    const allBytes = Buffer.from(Array.from({ length: 256 }, (_, byte) => byte));
    const given = message('m1', allBytes);
    const record = {
      ...given.record,
      value: Buffer.concat([Buffer.from('{"a":"\\ud800 \\u0000'), allBytes]),
      headers: {
        binary: allBytes,
        text: 'nul \0 é',
        ['odd name "\ud800\0']: Buffer.from([0xed, 0xa0, 0x80]),
        empty: '',
        repeated: [Buffer.from('1'), allBytes, Buffer.from('1')],
      },
    };
    await service.fail(store, failed({ ...given, record }, dead));
    const [row] = await service.rows();
    if (row === undefined) throw new Error('not kept');
    const kept = heldMessageOf(row);
    const bytes = Object.fromEntries(
      Object.entries(record.headers).map(([name, value]) => [
        name,
        typeof value === 'string' ? Buffer.from(value) : value,
      ]),
    );
    expect(kept).toEqual({ ...given, record: { ...record, headers: bytes } });
  });

  it('reads the headers that an earlier release kept', async () => {
    const { store } = service.replica();
    await service.fail(store, failed(message('m1', 'a'), dead));
    const stored = JSON.stringify([['ce_id', Buffer.from('m1').toString('base64')]]);
    await service.execute('old', 'UPDATE held_message SET headers = $1', [Buffer.from(stored)]);
    const [row] = await service.rows();
    expect(row && heldMessageOf(row).record.headers).toEqual({ ce_id: Buffer.from('m1') });
  });

  it('parks keys that are longer than an index entry may be', async () => {
    const { store } = service.replica();
    const long = randomBytes(3_000).toString('base64'); // doesn't compress below the bound
    await service.fail(store, failed(message('m1', `${long}1`), dead));
    expect(await service.isParked(store, `${long}1`)).toBe(true);
    expect(await service.isParked(store, `${long}2`)).toBe(false);
  });

  it('cleans and bounds the text of an error and of its reason', async () => {
    const { store } = service.replica();
    const error = new Error(`nul \0 lone \ud800 ${'x'.repeat(100_000)}`);
    await service.fail(store, failed(message('m1', 'a'), { kind: 'dead-letter', reason: `R\0\udfff` }, error));
    const [row] = await service.rows();
    expect(row?.last_error).toMatch(/^Error: nul \uFFFD lone \uFFFD x+\n… at .*dead-letter-store\.int-spec\.ts\)?$/);
    expect(row?.last_error?.length).toBeLessThanOrEqual(4_000);
    expect(row).toMatchObject({ reason: 'R\uFFFD\uFFFD', first_error: row?.last_error, service_version: '1.2.3' });
  });

  it('F14 tells the dlq topic of a dead letter with its history, within bounds, and of nothing else', async () => {
    const { store, sink } = service.replica();
    const big = message('m1', `${'k'.repeat(199)}\u{1F600}`, 'v'.repeat(300_000));
    await service.fail(store, failed(big, dead), failed(message('m2', 'b'), later(60_000)));
    expect(sink.published).toHaveLength(1);
    const [mirror] = sink.published;
    const data = mirror?.data as DeadLetterData; // the fake keeps what deadLetterMessage made
    expect(mirror?.contract.topic).toBe('payment.dlq');
    expect(data).toMatchObject({
      messageId: 'm1',
      position: '41',
      attempts: 3,
      reason: 'RETRIES_EXHAUSTED',
      payloadBytes: 300_000,
    });
    expect(mirror?.key).not.toMatch(/\p{Cs}/u);
    expect(JSON.stringify(data).length).toBeLessThan(10_000);
    expect(JSON.stringify(data)).not.toContain('vvv'); // F81
  });

  it('tells without waiting whether one of many keys may be parked, also while it is being unparked', async () => {
    const { store } = service.replica();
    await service.fail(store, failed(message('m1', 'a'), later(60_000)));
    const isAnyParked = (...keys: (string | null)[]) =>
      service.database.transaction((tx) =>
        store.isAnyParked(
          tx,
          'payment',
          keys.map((key) => message('m', key).record),
        ),
      );
    const unparking = openTransaction(service.database, async (tx) => {
      await tx.query({ name: 'test_unpark', text: 'DELETE FROM parked_key' });
    });
    await unparking.opened;
    expect(await isAnyParked('b', 'a', null)).toBe(true);
    expect(await isAnyParked('b', null)).toBe(false);
    await unparking.commit();
    expect(await isAnyParked('a')).toBe(false);
  });

  it('parks behind a key that is being unparked, or finds it gone: the parking transaction is first', async () => {
    const { store, held } = service.replica();
    await service.fail(store, failed(message('m1', 'a'), later(60_000)));
    await service.execute('handle', `UPDATE held_message SET state = 'handled'`);
    const parking = openTransaction(service.database, async (tx) => {
      expect(await store.parkedKeys(tx, 'payment', [message('m2', 'a').record])).toEqual([true]);
      await store.park(tx, [message('m2', 'a')]);
    });
    await parking.opened;
    held.onApplicationBootstrap();
    await until('the unparking waits', async () => (await waiting()) > 0);
    await parking.commit();
    await until('m2 has run', async () => (await service.effects()).includes('m2'));
    expect(await service.states()).toEqual(['m1 handled', 'm2 handled']);
    await until('the key is unparked', async () => !(await service.isParked(store, 'a')));
  });

  it('parks behind a key that is being unparked, or finds it gone: the unparking transaction is first', async () => {
    const { store } = service.replica();
    await service.fail(store, failed(message('m1', 'a'), later(60_000)));
    await service.execute('handle', `UPDATE held_message SET state = 'handled'`);
    const unparking = openTransaction(service.database, async (tx) => {
      await tx.query({ name: 'test_lock', text: 'SELECT 1 FROM parked_key FOR UPDATE' });
      await tx.query({ name: 'test_unpark', text: 'DELETE FROM parked_key' });
    });
    await unparking.opened;
    const consumed = service.consume(store, [message('m2', 'a')]);
    await until('the consumer waits', async () => (await waiting()) > 0);
    await unparking.commit();
    await consumed;
    expect([await service.effects(), await service.states()]).toEqual([['m2'], ['m1 handled']]);
  });

  it('keeps a key parked that fails again while it is being unparked', async () => {
    const { store, held } = service.replica();
    await service.fail(store, failed(message('m1', 'a'), later(60_000)));
    await service.execute('handle', `UPDATE held_message SET state = 'handled'`);
    const failing = openTransaction(service.database, (tx) => store.fail(tx, [failed(message('m2', 'a'), dead)]));
    await failing.opened;
    held.onApplicationBootstrap();
    await until('the unparking waits', async () => (await waiting()) > 0);
    await failing.commit();
    await held.beforeApplicationShutdown();
    expect(await service.isParked(store, 'a')).toBe(true);
  });
});
