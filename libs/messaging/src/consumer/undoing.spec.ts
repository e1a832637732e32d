import { EngineSetup, notes } from '../testing/engine-setup.js';
import { eventually } from '../testing/eventually.js';
import { noteContract, noteRecord } from '../testing/test-contract.js';

const erase = noteContract('notes', 'note.erased', { undoes: [notes.name] });

describe('an undoing', () => {
  let setup: EngineSetup;
  beforeEach(() => {
    setup = new EngineSetup();
    setup.alsoHandle(erase, 'single', (messages, context) => setup.take(messages, context));
  });
  afterEach(async () => setup.stop());

  const publish = async (...records: Parameters<typeof noteRecord>[]): Promise<void> => {
    await setup.broker.ensureTopics([{ name: 'notes', kind: 'event' }]);
    const publisher = await setup.broker.createPublisher();
    await publisher.publish(records.map((record) => noteRecord(...record)));
  };
  const failingNotes = () =>
    setup.start('single', (messages, context) => {
      if (messages[0]?.data.text === 'bad') throw new Error('poison');
      setup.take(messages, context);
    });

  it('F66: is handled in its lane although what it undoes holds the key', async () => {
    await publish([notes, 'a', 'bad'], [erase, 'a', '2'], [notes, 'a', '3'], [notes, 'b', 'bad']);
    await failingNotes();
    await setup.acknowledged(4);
    expect(setup.handled).toEqual(['a2', 'a3']);
    expect(setup.failures.superseded.map(({ record }) => record.key?.toString())).toEqual(['a']);
    expect([...setup.inbox.outcomes.values()].toSorted()).toEqual(['handled', 'handled', 'retrying', 'superseded']);
  });

  it('F66: with a call to the outside, gives up what it undoes before it calls', async () => {
    const store = noteContract('notes', 'note.stored', { undoes: [notes.name] });
    setup.alsoHandle(store, 'outside-call', (messages) => setup.plan(messages, async () => 'stored'));
    await publish([notes, 'a', 'bad'], [store, 'a', '2']);
    await failingNotes();
    await setup.acknowledged(2);
    expect(setup.handled).toEqual(['a2']);
    expect(setup.failures.superseded).toHaveLength(1);
  });

  it('F66: that fails itself waits behind nothing that it undoes', async () => {
    setup = new EngineSetup();
    setup.alsoHandle(erase, 'single', () => {
      throw new Error('not now');
    });
    await publish([notes, 'a', 'bad'], [erase, 'a', '2']);
    await failingNotes();
    await setup.acknowledged(2);
    expect(setup.failures.parked).toEqual([]);
    expect(setup.failures.failed.map(({ type }) => type)).toEqual([notes.type, erase.type]);
    expect(setup.failures.failed[1]).toMatchObject({ undoes: [notes.name] });
  });

  it('F66: that comes twice undoes once: what was sent after it stays', async () => {
    await publish([erase, 'a', '1', 'same'], [notes, 'a', 'bad'], [erase, 'a', '1', 'same']);
    await failingNotes();
    await setup.acknowledged(3);
    expect([setup.handled, setup.failures.superseded]).toEqual([['a1'], []]);
    expect(setup.failures.failed).toHaveLength(1);
  });

  it('F66: that nobody can read undoes nothing', async () => {
    const unreadable = noteRecord(erase, 'a', '2');
    await publish([notes, 'a', 'bad']);
    await (await setup.broker.createPublisher()).publish([{ ...unreadable, value: Buffer.from('{') }]);
    await failingNotes();
    await setup.acknowledged(2);
    expect(setup.failures.superseded).toEqual([]);
    expect(setup.failures.parked).toMatchObject([{ type: erase.type }]);
    expect(setup.failures.parked[0]).not.toHaveProperty('undoes');
  });

  it('F66: waits for the call in flight that it undoes, then finds it done', async () => {
    let answer: (text: string) => void = () => {};
    const order: string[] = [];
    setup = new EngineSetup();
    setup.alsoHandle(erase, 'single', (messages, context) => {
      order.push('erased');
      setup.take(messages, context);
    });
    await publish([notes, 'a', '1'], [erase, 'a', '2']);
    await setup.start('outside-call', (messages) =>
      setup.plan(messages, () => {
        order.push('called');
        return new Promise((resolve) => (answer = resolve));
      }),
    );
    await eventually(() => order.length === 1);
    answer('noted');
    await setup.acknowledged(2);
    expect([order, setup.handled]).toEqual([
      ['called', 'erased'],
      ['a1', 'a2'],
    ]);
  });
});
