import type { ModuleRef } from '@nestjs/core';

import type { Broker, LaneLag } from '../broker.js';
import type { FailedMessage } from '../ports.js';
import { InMemoryFailureStore } from '../testing/in-memory-failure-store.js';
import { InMemoryLaneLedger } from '../testing/in-memory-lane-ledger.js';
import { InMemoryUnitOfWork } from '../testing/in-memory-unit-of-work.js';
import { FAILURE_STORE, LANE_LEDGER } from '../tokens.js';
import { ReadingProgress } from './reading-progress.js';

const options = { service: 's', group: 'g', topics: [] } as never;

describe('how far a group has read', () => {
  let ledger: InMemoryLaneLedger;
  let failures: InMemoryFailureStore;
  /** One lane of the topic `t`, or none where the topic is gone. */
  let lanes: readonly Pick<LaneLag, 'first' | 'next' | 'end' | 'owner'>[];
  let progress: ReadingProgress;

  beforeEach(() => {
    ledger = new InMemoryLaneLedger();
    failures = new InMemoryFailureStore();
    const ports = new Map<unknown, unknown>([
      [LANE_LEDGER, ledger],
      [FAILURE_STORE, failures],
    ]);
    const reader = {
      read: async () => lanes.map((lane) => ({ topic: 't', partition: 0, messages: 0, ageMs: 0, ...lane })),
      close: async () => {},
    };
    const broker = { createLagReader: () => reader, partitionOf: () => 0 } as Partial<Broker> as Broker;
    const moduleRef = { get: (token: symbol) => ports.get(token) } as Partial<ModuleRef>;
    progress = new ReadingProgress(options, broker, moduleRef as ModuleRef);
  });

  const at = async (first: number, next: number | undefined, end: number, owner?: string) => {
    lanes = [{ first: String(first), next: next === undefined ? undefined : String(next), end: String(end), owner }];
    return progress.read(['t']);
  };

  it('has read what there was at an earlier moment once its position is there, whatever came since (F64)', async () => {
    const earlier = await at(0, 3, 5);
    expect(earlier.hasRead(earlier, 'k')).toBe(false);
    expect((await at(0, 4, 9)).hasRead(earlier, 'k')).toBe(false);
    expect((await at(0, 5, 9)).hasRead(earlier, 'k')).toBe(true);
    expect((await at(0, undefined, 0)).hasRead(await at(0, undefined, 0), 'k')).toBe(true);
  });

  it('has read nothing while the topic is gone, or its position is still that of a log that is gone (F70)', async () => {
    const earlier = await at(0, 5, 5);
    lanes = [];
    expect((await progress.read(['t'])).hasRead(earlier, 'k')).toBe(false);
    expect((await at(0, 5, 2)).hasRead(earlier, 'k')).toBe(false);
  });

  it('waits for no record of a log that is gone, and says when it was found to be (F70)', async () => {
    await ledger.mark('g', [{ topic: 't', partition: 0, next: '4' }]);
    const earlier = await at(0, 4, 5);
    expect(earlier.lostAtMs).toBeUndefined();
    const later = await at(0, undefined, 0);
    expect(later.hasRead(earlier, 'k')).toBe(true);
    expect(later.lostAtMs).toBeGreaterThan(0);
    expect(await ledger.open()).toMatchObject([{ kind: 'replaced', topic: 't', first: '0', next: '4' }]);
    expect((await at(0, 0, 1)).hasRead(earlier, 'k')).toBe(false);
  });

  describe('where its database is an older copy, and the broker takes for read what it has forgotten (F64, F71)', () => {
    const isRead = async (...[first, next, end, owner]: readonly [number, number, number, string?]) => {
      const reading = await at(first, next, end, owner);
      return reading.hasRead(reading, 'k');
    };
    const mark = (next: number) => ledger.mark('g', [{ topic: 't', partition: 0, next: String(next) }]);

    it('has read as far as the copy says, until it has read the rest again', async () => {
      await mark(3);
      expect(await isRead(0, 5, 5, 'test')).toBe(false);
      expect(await isRead(0, 4, 5, 'test')).toBe(false);
      await mark(5);
      expect(await isRead(0, 5, 5, 'test')).toBe(true);
    });

    it('has read nothing of a lane on which it had handled nothing when it was copied', async () => {
      expect(await isRead(0, 5, 5, 'test')).toBe(false);
      await mark(5);
      expect(await isRead(0, 5, 5, 'test')).toBe(true);
    });

    it('waits for no record that is gone, nor on a lane that is empty', async () => {
      expect(await isRead(0, 0, 0, 'test')).toBe(true);
      expect(await isRead(5, 5, 5, 'test')).toBe(true);
      await mark(3);
      expect(await isRead(5, 5, 5, 'test')).toBe(true);
    });

    it('believes positions without a mark that another database has left, or nobody known', async () => {
      expect(await isRead(0, 5, 5, 'taken over')).toBe(true);
      expect(await isRead(0, 5, 5)).toBe(true);
    });
  });

  it('tells what waits for another attempt of a named handler apart from what waits for the one without a name (F64, F82)', async () => {
    const heldBy = (key: string, subscriber?: string) => {
      const record = { topic: 't', partition: 0, position: '0', key: Buffer.from(key), value: null, headers: {} };
      return { record, identity: { source: '/s', id: key, ...(subscriber !== undefined && { subscriber }) } };
    };
    const held = [heldBy('a'), heldBy('b', 'saga')] as Partial<FailedMessage>[] as FailedMessage[];
    await new InMemoryUnitOfWork().transaction((tx) => failures.fail(tx, held));
    expect(await progress.waiting(undefined, ['t'], ['a', 'b'])).toEqual(new Set(['a']));
    expect(await progress.waiting(undefined, ['t'], ['a', 'b'], 'saga')).toEqual(new Set(['b']));
  });
});
