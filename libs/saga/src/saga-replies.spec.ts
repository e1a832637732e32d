import { Controller, Module } from '@nestjs/common';
import type { Transaction } from '@waybill/database';
import { MessageHandler } from '@waybill/messaging';
import type { ReadingProgress, ReceivedMessage, Restoration } from '@waybill/messaging';
import { consumingApp, eventually, InMemoryBroker, noteContract, noteRecord } from '@waybill/messaging/testing';

import { SAGA_LISTENER } from './ports.js';
import { SagaEngine } from './saga-engine.js';
import { replyProgress, sagaReplies } from './saga-replies.js';
import { RestorationUnderWayError } from './saga.errors.js';
import { anyContract, trip } from './testing/trip.js';

const taken: string[] = [];
/** Stands for the engine: what it does with a reply is proven elsewhere. */
const engine = {
  read: async () => {},
  handle: async (_: Transaction, messages: readonly ReceivedMessage[]) => {
    for (const { envelope, key } of messages) {
      if (envelope.type === 'ship.done.v1') throw new RestorationUnderWayError(envelope.type, key);
      taken.push('saga');
    }
  },
};

@Module({
  providers: [
    { provide: SagaEngine, useValue: engine },
    { provide: SAGA_LISTENER, useValue: { sagasProgressed: async () => {} } },
  ],
  exports: [SagaEngine, SAGA_LISTENER],
})
class EngineModule {}

/** A handler that was there before the saga. */
@Controller()
class Older {
  @MessageHandler(anyContract('pay.done'))
  take(): void {
    taken.push('older');
  }
}

const topics = [{ name: 'trips', kind: 'event' as const }];
const engineModule = { module: EngineModule, global: true };

describe('F82: replies beside an older handler of the application', () => {
  it('are taken by the sagas under a name of their own, and refused at the boot without one', async () => {
    const boot = async (subscriber?: string) => {
      const broker = new InMemoryBroker(1);
      const replies = sagaReplies([trip()], subscriber);
      const running = await consumingApp(broker, { topics }, [Older, replies], [engineModule]);
      return { ...running, broker };
    };
    const refused = await boot();
    await expect(refused.app.startAllMicroservices()).rejects.toThrow('trips pay.done has 2 handlers');
    await refused.app.close();

    const { app, broker } = await boot('sagas');
    await app.startAllMicroservices();
    const publisher = await broker.createPublisher();
    await publisher.publish([noteRecord(noteContract('trips', 'pay.done'), 'o1', 'x')]);
    await eventually(() => taken.length === 2);
    expect(taken.toSorted()).toEqual(['older', 'saga']);
    await app.close();
  });

  it('that wait for another attempt are looked for under the name of the sagas: no deadline undoes their order (F64)', async () => {
    const waiting = async (_: unknown, topics: readonly string[], ids: readonly string[], subscriber?: string) =>
      new Set(subscriber === 'sagas' && topics.includes('trips') ? ids : []);
    const progress = { waiting } as Partial<ReadingProgress> as ReadingProgress;
    const tx = {} as Transaction;
    expect(await replyProgress(progress, () => ({ state: 'none' }), [trip()], 'sagas').waiting(tx, ['o1'])).toEqual(
      new Set(['o1']),
    );
  });
});

it('F71: no answer counts as read until it is known whether the database is an older copy, and what was lost with it', async () => {
  const state = { ends: new Map(), lostAtMs: undefined, hasRead: () => true };
  const progress = { read: async () => state } as Partial<ReadingProgress> as ReadingProgress;
  let restoration: Restoration = { state: 'unknown' };
  const replies = replyProgress(progress, () => restoration, [trip()]);
  const earlier = await replies.read();
  expect(earlier.hasRead(earlier, 'o1')).toBe(false);
  restoration = { state: 'none' };
  expect((await replies.read()).hasRead(earlier, 'o1')).toBe(true);
});

describe('F71: an answer that would lead past the pivot while an older copy reads again', () => {
  it('is tried again as often as the lanes are compared, not all the time', async () => {
    const broker = new InMemoryBroker(1);
    const { app, failures } = await consumingApp(broker, { topics }, [sagaReplies([trip()])], [engineModule]);
    await app.startAllMicroservices();
    const publisher = await broker.createPublisher();
    await publisher.publish([noteRecord(noteContract('trips', 'ship.done'), 'o1', 'x')]);
    await eventually(() => failures.failed.length === 1);
    const [held] = failures.failed;
    expect(held?.decision.kind).toBe('postpone');
    const delayMs = held && 'delayMs' in held.decision ? held.decision.delayMs : 0;
    expect(delayMs).toBeGreaterThanOrEqual(10_000);
    expect(delayMs).toBeLessThanOrEqual(15_000);
    await app.close();
  });

  it.each([
    ['is given up for an undoing behind it on its lane, which is taken at once', 'ship.undone', 1],
    ['is given up for an undoing of any step behind it on its lane', 'pay.undone', 1],
    ['stays for any other answer, which waits behind it', 'pay.done', 0],
  ] as const)('%s', async (_, behind, givenUp) => {
    taken.length = 0;
    const broker = new InMemoryBroker(1);
    const replies = sagaReplies([trip()], undefined, () => ({ state: 'reading-again', foundAt: new Date() }));
    const { app, failures } = await consumingApp(broker, { topics }, [replies], [engineModule]);
    await app.startAllMicroservices();
    const publisher = await broker.createPublisher();
    await publisher.publish([noteRecord(noteContract('trips', 'ship.done'), 'o1', 'x')]);
    await eventually(() => failures.failed.length === 1);
    await publisher.publish([noteRecord(noteContract('trips', behind), 'o1', 'x')]);
    await eventually(() => taken.length + failures.parked.length === 1);
    expect(taken).toHaveLength(givenUp);
    expect(failures.superseded.map(({ type }) => type)).toEqual(givenUp === 1 ? ['ship.done.v1'] : []);
    await app.close();
  });

  it('is held with its followers as ever where the database is no copy', async () => {
    taken.length = 0;
    const broker = new InMemoryBroker(1);
    const { app, failures } = await consumingApp(broker, { topics }, [sagaReplies([trip()])], [engineModule]);
    await app.startAllMicroservices();
    const publisher = await broker.createPublisher();
    await publisher.publish(
      ['ship.done', 'ship.undone'].map((name) => noteRecord(noteContract('trips', name), 'o1', 'x')),
    );
    await eventually(() => failures.parked.length === 1);
    expect(failures.superseded).toEqual([]);
    await app.close();
  });
});
