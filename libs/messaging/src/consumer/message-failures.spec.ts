import { EngineSetup, notes } from '../testing/engine-setup.js';
import { noteRecord } from '../testing/test-contract.js';

describe('messages that fail', () => {
  let setup: EngineSetup;
  beforeEach(() => {
    setup = new EngineSetup();
  });
  afterEach(async () => setup.stop());

  it('F15, F17: a poison message costs its own batch-mates neither their effect nor an attempt', async () => {
    const attempts: number[] = [];
    await setup.publish(
      ...Array.from({ length: 1_000 }, (_, index) => [`k${index}`, index === 500 ? 'bad' : 'x'] as const),
    );
    await setup.start('single', (messages, context) => {
      const [message] = messages;
      if (message?.data.text === 'bad') throw new Error('poison');
      attempts.push(message?.attempt ?? 0);
      setup.take(messages, context);
    });
    await setup.acknowledged(1_000);
    expect(setup.handled).toHaveLength(999);
    expect(new Set(attempts)).toEqual(new Set([1]));
    expect(setup.failures.failed).toMatchObject([{ attempts: 3, decision: { kind: 'retry-later' } }]);
    expect([...setup.inbox.outcomes.values()].filter((outcome) => outcome !== 'handled')).toEqual(['retrying']);
  });

  it('F17: of a batch handler that throws, only the messages that throw by themselves fail', async () => {
    await setup.publish(['a', '1'], ['b', 'bad'], ['c', '1'], ['a', '2'], ['b', '2']);
    await setup.start('batch', (messages, context) => {
      if (messages.some(({ data }) => data.text === 'bad')) throw new Error('poison');
      setup.take(messages, context);
    });
    await setup.acknowledged(5);
    expect(new Set(setup.handled)).toEqual(new Set(['a1', 'a2', 'c1']));
    expect(setup.handled.indexOf('a1')).toBeLessThan(setup.handled.indexOf('a2'));
    expect(setup.failures.failed).toHaveLength(1);
    expect(setup.failures.parked.map(({ record }) => record.key?.toString())).toEqual(['b']);
  });

  it('F16: later messages of a failed key wait behind it, in their order', async () => {
    await setup.publish(['a', 'bad'], ['a', '2'], ['b', '1'], ['a', '3']);
    await setup.start('single', (messages, context) => {
      if (messages[0]?.data.text === 'bad') throw new Error('poison');
      setup.take(messages, context);
    });
    await setup.acknowledged(4);
    expect(setup.handled).toEqual(['b1']);
    expect(setup.failures.parked.map(({ record }) => String(record.value))).toEqual(['{"text":"2"}', '{"text":"3"}']);
  });

  it('F53: of messages without a key only the failed one is held', async () => {
    const texts = Array.from({ length: 20 }, (_, index) => [index % 2 ? null : '', index === 7 ? 'bad' : 'x'] as const);
    await setup.publish(...texts);
    await setup.start('single', (messages, context) => {
      if (messages[0]?.data.text === 'bad') throw new Error('poison');
      setup.take(messages, context);
    });
    await setup.acknowledged(20);
    expect([setup.handled.length, setup.failures.failed.length, setup.failures.parked.length]).toEqual([19, 1, 0]);
  });

  it('dead-letters unreadable data at once, and lets the later messages of its key wait behind it', async () => {
    await setup.publish(['a', '1']);
    const publisher = await setup.broker.createPublisher();
    await publisher.publish([{ ...noteRecord(notes, 'a', 'x'), value: Buffer.from('{') }, noteRecord(notes, 'a', '3')]);
    await setup.start('single', (messages, context) => setup.take(messages, context));
    await setup.acknowledged(3);
    expect(setup.handled).toEqual(['a1']);
    expect(setup.failures.failed).toMatchObject([{ attempts: 1, decision: { kind: 'dead-letter' } }]);
    expect(setup.failures.parked).toHaveLength(1);
  });

  it('waits and tries again, without spinning, while the failure store itself fails', async () => {
    let refusals = 0;
    const fail = setup.failures.fail.bind(setup.failures);
    setup.failures.fail = async (tx, messages) => {
      refusals += 1;
      if (refusals <= 3) throw new Error('the store is broken');
      return fail(tx, messages);
    };
    await setup.publish(['a', 'bad']);
    const startedAt = performance.now();
    await setup.start('single', () => {
      throw new Error('poison');
    });
    await setup.acknowledged(1);
    expect(performance.now() - startedAt).toBeGreaterThan(130); // 20 + 40 + 80 at the least
    expect(setup.failures.failed).toMatchObject([{ attempts: 3 }]);
  });

  it('finds the culprit of a failing commit by trying the messages one by one', async () => {
    await setup.publish(['a', '1'], ['b', '1'], ['c', '1']);
    setup.unitOfWork.failNextCommit(new Error('deferred constraint'), false);
    await setup.start('single', (messages, context) => setup.take(messages, context));
    await setup.acknowledged(3);
    expect([...setup.handled].toSorted()).toEqual(['a1', 'b1', 'c1']);
    expect(setup.unitOfWork.commits).toBe(3);
    expect(setup.failures.failed).toEqual([]);
  });
});
