import { Controller } from '@nestjs/common';
import { Ctx, Payload } from '@nestjs/microservices';

import type { MessageContext } from '../handler.js';
import { BrokerUnavailable } from '../messaging.errors.js';
import { consumingApp } from '../testing/consuming-app.js';
import type { ConsumingApp } from '../testing/consuming-app.js';
import { eventually } from '../testing/eventually.js';
import { InMemoryBroker } from '../testing/in-memory-broker.js';
import { InMemoryLaneLedger } from '../testing/in-memory-lane-ledger.js';
import type { InMemoryTransaction } from '../testing/in-memory-unit-of-work.js';
import { noteContract, noteRecord } from '../testing/test-contract.js';
import type { Note } from '../testing/test-contract.js';
import { MessageHandler } from './handler-decorators.js';
import { LaneIssues } from './lane-issues.js';

const notes = noteContract('notes');
const ada = { who: 'ada', why: 'a test' };
const taken: string[] = [];

@Controller()
class Notes {
  @MessageHandler(notes)
  take(@Payload() { text }: Note, @Ctx() { tx }: MessageContext<InMemoryTransaction>): void {
    tx.onCommit(() => taken.push(text));
  }
}

/** Can't be reached until it is. */
class DistantBroker extends InMemoryBroker {
  isThere = false;

  override async ensureTopics(...topics: Parameters<InMemoryBroker['ensureTopics']>): Promise<readonly string[]> {
    if (!this.isThere) throw new BrokerUnavailable('No broker answered');
    return super.ensureTopics(...topics);
  }
}

describe('the lanes of a consumer', () => {
  let running: ConsumingApp;
  let broker: DistantBroker;
  let ledger: InMemoryLaneLedger;

  beforeEach(() => {
    broker = new DistantBroker(1);
    broker.isThere = true;
    ledger = new InMemoryLaneLedger();
    taken.length = 0;
  });

  afterEach(async () => running.app.close());

  async function start(more: object = {}): Promise<void> {
    const topics = [
      { name: 'notes', kind: 'event' as const },
      { name: 'only-published', kind: 'event' as const },
    ];
    const options = { topics, group: 'g', checkIntervalMs: 10, ...more };
    running = await consumingApp(broker, options, [Notes], [], { ledger });
    await running.app.startAllMicroservices();
  }

  async function publish(...texts: readonly string[]): Promise<void> {
    const publisher = await broker.createPublisher();
    await publisher.publish(texts.map((text) => noteRecord(notes, 'k', text)));
  }

  const settle = (id = '') => running.unitOfWork.transaction((tx) => running.app.get(LaneIssues).settleIn(tx, id, ada));
  const seen = () => running.consumer.laneIssues();

  it('F68: records that nobody can read stop the lane until they are settled, as a dead letter that says where they lie and why', async () => {
    await start();
    await publish('1');
    await eventually(() => taken.length === 1);
    broker.spoilNext('notes');
    await publish('spoilt', '3');
    await eventually(() => seen().length === 1);
    expect(seen()).toMatchObject([{ kind: 'unreadable', topic: 'notes', partition: 0, first: '1', next: '2' }]);
    expect(running.consumer.health().healthy).toBe(true);
    expect(await settle('99')).toBeUndefined();
    await settle(seen()[0]?.id);
    await eventually(() => taken.includes('3'));
    expect(taken).toEqual(['1', '3']);
    expect(running.failures.failed).toMatchObject([
      { record: { topic: 'notes', position: '1' }, decision: { kind: 'dead-letter', reason: 'RECORDS_UNREADABLE' } },
    ]);
    expect(String(running.failures.failed[0]?.error)).toContain('notes/0 from 1 to before 2');
    await eventually(() => seen().length === 0);
  });

  it('F70: a topic that is deleted is created again and reported, even one that is only published to', async () => {
    await start();
    broker.deleteTopic('only-published');
    await eventually(() => seen().length === 1);
    expect(seen()).toMatchObject([{ kind: 'topic-lost', topic: 'only-published' }]);
    expect(await broker.describeTopics(['only-published'])).toHaveLength(1);
    await settle(seen()[0]?.id);
    broker.deleteTopic('only-published');
    await eventually(async () => (await ledger.open()).some(({ id }) => id === '2'));
  });

  it('F78: starts without its broker, says so, and consumes once the broker is there', async () => {
    broker.isThere = false;
    await start();
    expect(running.consumer.health()).toEqual({
      healthy: false,
      detail: 'the broker has not been reached since the start',
    });
    broker.isThere = true;
    await eventually(() => running.consumer.health().healthy);
    await publish('1');
    await eventually(() => taken.length === 1);
  });

  it('F71: does not know whether its database is an older copy before its broker is there, then makes due what waited for that', async () => {
    broker.isThere = false;
    await start();
    expect(running.consumer.restoration().state).toBe('unknown');
    expect(running.failures.resumed).toEqual([]);
    broker.isThere = true;
    await eventually(() => running.consumer.restoration().state === 'none');
    await eventually(() => running.failures.resumed.length > 0);
  });

  it('F71: without a ledger its database is taken for the latest, broker or not', async () => {
    broker.isThere = false;
    const topics = [{ name: 'notes', kind: 'event' as const }];
    running = await consumingApp(broker, { topics }, [Notes]);
    await running.app.startAllMicroservices();
    expect(running.consumer.restoration().state).toBe('none');
  });

  it('F78, F40: a misconfiguration that only the broker can tell is reported late, with every fault, and nothing is consumed', async () => {
    broker.isThere = false;
    await start({ retention: { inboxWindowMs: 1_000, outboxMs: 1_000, deadLettersMs: 2_000 } });
    broker.isThere = true;
    await eventually(() => running.consumer.health().detail?.includes("can't start") ?? false);
    const { healthy, detail } = running.consumer.health();
    expect(healthy).toBe(false);
    expect(detail).toContain('notes');
    await publish('1');
    await new Promise((resolve) => setImmediate(resolve));
    expect(taken).toEqual([]);
  });

  it('F71: tells at the start what the broker has lost of what this database has handled', async () => {
    await ledger.mark('g', [{ topic: 'notes', partition: 0, next: '40', confirmed: '30' }]);
    await start();
    expect(seen()).toMatchObject([{ kind: 'replaced', first: '0', next: '40' }]);
  });

  /** As a restore leaves it: a database that knows what it knew then. */
  async function restored(at: InMemoryLaneLedger): Promise<void> {
    await running.app.close();
    ledger = at;
    taken.length = 0;
    await start();
  }

  it('F71: begins where a restored database says, not where the broker says, and tells which records it reads again', async () => {
    await start();
    await publish('0', '1');
    await eventually(async () => (await ledger.marks())[0]?.next === '2');
    const backup = new InMemoryLaneLedger('test', await ledger.marks());
    await publish('2', '3');
    await eventually(() => broker.committed('g').get('notes/0') === 4);
    await restored(backup);
    await eventually(() => taken.length === 2);
    expect(taken).toEqual(['2', '3']);
    expect(seen()).toMatchObject([{ kind: 'skipped', topic: 'notes', first: '2', next: '4' }]);
    await restored(new InMemoryLaneLedger('test')); // from before its first message
    await eventually(() => taken.length === 4);
  });

  it('F71: lets nobody settle what a restored database has forgotten before it was read again', async () => {
    await start();
    await publish('0', '1');
    await eventually(() => broker.committed('g').get('notes/0') === 2);
    await restored(new InMemoryLaneLedger('test'));
    const id = seen()[0]?.id;
    await expect(settle(id)).rejects.toMatchObject({ code: 'STILL_READING_AGAIN' });
    expect(await ledger.open()).toMatchObject([{ id, kind: 'skipped' }]);
    await ledger.mark('g', [{ topic: 'notes', partition: 0, next: '2' }]);
    expect(await settle(id)).toMatchObject({ kind: 'skipped' });
  });

  it('F71: consumes nothing at the positions of another database until an operator takes them over', async () => {
    await start();
    await publish('0', '1');
    await eventually(() => broker.committed('g').get('notes/0') === 2);
    await restored(new InMemoryLaneLedger('made again'));
    expect(running.consumer.health()).toMatchObject({
      healthy: false,
      detail: expect.stringContaining('BROKER_PREFIX'),
    });
    expect(seen()).toMatchObject([{ kind: 'foreign', owner: 'test' }]);
    await publish('2');
    await settle(seen()[0]?.id);
    await eventually(() => running.consumer.health().healthy);
    await eventually(() => taken.length === 1);
    expect(taken).toEqual(['2']);
  });
});
