import type { ReceivedMessage } from '../received-message.js';
import { EngineSetup, notes } from '../testing/engine-setup.js';
import type { Invoke } from '../testing/engine-setup.js';
import { eventually } from '../testing/eventually.js';
import { SharedCrashMarkers } from '../testing/in-memory-crash-markers.js';
import type { InMemoryTransaction } from '../testing/in-memory-unit-of-work.js';
import { TransientError } from '../testing/in-memory-unit-of-work.js';
import { noteContract, noteRecord } from '../testing/test-contract.js';
import type { Note } from '../testing/test-contract.js';

describe('F82: handlers of one event in one service', () => {
  let setup: EngineSetup;
  /** What the second handler has done, where its transaction has committed. */
  let second: string[];
  beforeEach(() => {
    setup = new EngineSetup();
    second = [];
  });
  afterEach(async () => setup.stop());

  const isBad = ([message]: readonly ReceivedMessage<Note>[]): boolean => message?.data.text === 'bad';
  const first: Invoke = (messages, context) => setup.take(messages, context);
  const noteSecond: Invoke = (messages, { tx }) => {
    const texts = messages.map(({ key, data }) => `${key}${data.text}`);
    (tx as InMemoryTransaction).onCommit(() => second.push(...texts));
  };
  const secondButBad: Invoke = (messages, context) => {
    if (isBad(messages)) throw new Error('poison for the second');
    return noteSecond(messages, context);
  };
  const positions = () => [...setup.broker.committed('g').values()].reduce((a, b) => a + b, 0);

  it('each runs once per message, also of one that comes twice, whatever kinds they are', async () => {
    setup.alsoHandle(notes, 'batch', noteSecond, { subscriber: 'second' });
    await setup.publish(['a', '1', 'm1'], ['b', '1', 'm2'], ['a', '1', 'm1'], ['a', '2']);
    await setup.start('single', first);
    await setup.acknowledged(4);
    for (const handled of [setup.handled, second]) expect(handled.toSorted()).toEqual(['a1', 'a2', 'b1']);
  });

  it('all messages of a batch are claimed together, whatever handlers they are for', async () => {
    setup.alsoHandle(notes, 'single', noteSecond, { subscriber: 'second' });
    await setup.publish(['a', '1'], ['b', '1'], ['c', '1']);
    const claimed: number[] = [];
    const claim = setup.inbox.claim.bind(setup.inbox);
    setup.inbox.claim = (tx, group, messages) => {
      claimed.push(messages.length);
      return claim(tx, group, messages);
    };
    await setup.start('single', first);
    await setup.acknowledged(3);
    expect(claimed).toEqual([6]);
  });

  it('what fails in one is held back for it alone, with what is behind it of its key; the others are done', async () => {
    setup.alsoHandle(notes, 'single', secondButBad, { subscriber: 'second' });
    await setup.publish(['a', 'bad', 'm1'], ['a', '2'], ['b', '1']);
    await setup.start('single', first);
    await setup.acknowledged(3);
    expect(setup.handled).toEqual(['abad', 'b1', 'a2']);
    expect(second).toEqual(['b1']);
    expect(setup.failures.failed).toMatchObject([
      { handler: 'second', attempts: 3, identity: { source: '/test', id: 'm1', subscriber: 'second' } },
    ]);
    expect(setup.failures.parked.map(({ handler }) => handler)).toEqual(['second']);
    await setup.publish(['a', '3']); // the key is parked for the second alone
    await setup.acknowledged(4);
    expect([setup.handled.at(-1), second]).toEqual(['a3', ['b1']]);
  });

  it('what the first one fails is no matter of the second', async () => {
    setup.alsoHandle(notes, 'single', noteSecond, { subscriber: 'second' });
    await setup.publish(['a', 'bad'], ['a', '2']);
    await setup.start('single', (messages, context) => {
      if (isBad(messages)) throw new Error('poison for the first');
      first(messages, context);
    });
    await setup.acknowledged(2);
    expect([setup.handled, second]).toEqual([[], ['abad', 'a2']]);
    expect(setup.failures.parked.map(({ handler }) => handler)).toEqual(['Notes.take']);
  });

  it('a held message runs in the handler that it waits for, and in no other', async () => {
    let isMended = false;
    const mended: Invoke = (messages, context) => (isMended ? noteSecond : secondButBad)(messages, context);
    setup.alsoHandle(notes, 'single', mended, { subscriber: 'second' });
    await setup.publish(['a', 'bad']);
    await setup.start('single', first);
    await setup.acknowledged(1);
    const [letter] = setup.failures.failed;
    if (!letter || !setup.held) throw new Error('nothing is held');
    isMended = true;
    expect(await setup.held.inspect(letter)).toMatchObject({ handler: 'second', data: { text: 'bad' } });
    expect(await setup.held.run(letter, { attempt: 4, claim: async () => true })).toEqual({ kind: 'handled' });
    expect([setup.handled, second]).toEqual([['abad'], ['abad']]);
    const gone = { ...letter, identity: { ...letter.identity, subscriber: 'gone' } };
    expect(await setup.held.run(gone, { attempt: 1, claim: async () => true })).toMatchObject({
      kind: 'failed',
      decision: { kind: 'dead-letter', reason: 'UNKNOWN_SUBSCRIBER' },
    });
  });

  it('a record is acknowledged once all of them are done with it', async () => {
    let answer = (): void => {};
    const answered = new Promise<void>((resolve) => (answer = resolve));
    const call: Invoke = (messages) =>
      setup.plan(messages, async () => {
        await answered;
        return 'called';
      });
    setup.alsoHandle(notes, 'outside-call', call, { subscriber: 'second' });
    await setup.publish(['a', '1'], ['a', '2']);
    const engine = await setup.start('single', first);
    await eventually(() => setup.handled.length === 2);
    expect([positions(), engine.lanesStill()]).toMatchObject([
      0,
      [{ position: '0', reason: 'the call of second has not ended' }],
    ]);
    answer();
    await setup.acknowledged(2);
    expect(setup.handled).toEqual(['a1', 'a2', 'a1', 'a2']); // by the second, in its order
  });

  it('a crash between them runs the second again and the first not', async () => {
    let crash = (): void => {};
    const call: Invoke = (messages) =>
      setup.plan(messages, () => new Promise((_, reject) => (crash = () => reject(new TransientError('dead')))));
    setup.alsoHandle(notes, 'outside-call', call, { subscriber: 'second' });
    await setup.publish(['a', '1']);
    const engine = await setup.start('single', first);
    await eventually(() => setup.handled.length === 1);
    const drained = engine.drain(1);
    crash();
    await drained;
    expect(positions()).toBe(0);

    const after = new EngineSetup();
    Object.assign(after, { broker: setup.broker, inbox: setup.inbox, unitOfWork: setup.unitOfWork });
    after.alsoHandle(notes, 'single', noteSecond, { subscriber: 'second' });
    await after.start('single', (messages, context) => after.take(messages, context));
    await after.acknowledged(1);
    await after.stop();
    expect([after.handled, second]).toEqual([[], ['a1']]);
  });

  it('the one that was there first keeps what it has handled when another is added or taken away', async () => {
    await setup.publish(['a', '1', 'm1']);
    const engine = await setup.start('single', first);
    await setup.acknowledged(1);
    await engine.drain(100);

    setup.alsoHandle(notes, 'single', noteSecond, { subscriber: 'second' });
    await setup.publish(['a', '1', 'm1'], ['a', '2', 'm2']);
    const both = await setup.start('single', first);
    await setup.acknowledged(3);
    expect(setup.handled).toEqual(['a1', 'a2']);
    expect(second).toEqual(['a1', 'a2']); // m1 was never its own before
    await both.drain(100);

    const alone = new EngineSetup();
    Object.assign(alone, { broker: setup.broker, inbox: setup.inbox });
    await setup.publish(['a', '2', 'm2'], ['a', '3', 'm3']);
    await alone.start('single', (messages, context) => alone.take(messages, context));
    await alone.acknowledged(5);
    await alone.stop();
    expect(alone.handled).toEqual(['a3']);
  });

  it('those of several events that share a name share the order of a key', async () => {
    const erased = noteContract('notes', 'note.erased');
    setup.alsoHandle(notes, 'single', secondButBad, { subscriber: 'second' });
    setup.alsoHandle(erased, 'single', noteSecond, { subscriber: 'second' });
    await setup.broker.ensureTopics([{ name: 'notes', kind: 'event' }]);
    const publisher = await setup.broker.createPublisher();
    await publisher.publish([
      noteRecord(notes, 'a', 'bad'),
      noteRecord(erased, 'a', 'x'),
      noteRecord(erased, 'b', 'x'),
    ]);
    await setup.start('single', first);
    await setup.acknowledged(3);
    expect([setup.handled, second]).toEqual([['abad'], ['bx']]);
    expect(setup.failures.parked.map(({ type }) => type)).toEqual([erased.type]);
  });

  it.each(['Notes.take', 'second'])(
    'F18: the one that kills the process is dead-lettered; the other handles the message (%s)',
    async (killer) => {
      const shared = new SharedCrashMarkers();
      let deaths = 0;
      for (let life = 0; life < 8; life += 1) {
        const markers = shared.process();
        await markers.open();
        const now = new EngineSetup();
        Object.assign(now, {
          broker: setup.broker,
          inbox: setup.inbox,
          failures: setup.failures,
          handled: setup.handled,
        });
        let end = (): void => {};
        const dying = new Promise<never>((_, reject) => (end = () => reject(new TransientError('dead'))));
        dying.catch(() => {});
        let died = false;
        const kill: Invoke = () => {
          died = true;
          deaths += 1;
          markers.die();
          return dying;
        };
        now.alsoHandle(notes, 'single', killer === 'second' ? kill : first, { subscriber: 'second' });
        if (life === 0) await now.publish(['a', '1', 'm1']);
        const engine = await now.start('single', killer === 'second' ? first : kill, {}, markers);
        await eventually(() => died || now.acknowledgedCount() === 1);
        const drained = engine.drain(1);
        end();
        await drained;
        if (!died) break;
      }
      expect(setup.handled).toEqual(['a1']);
      expect(setup.failures.failed).toMatchObject([
        { handler: killer, attempts: 3, decision: { reason: 'PROCESS_CRASHED' } },
      ]);
      expect([deaths, shared.markers.size]).toEqual([5, 0]);
    },
  );
});
