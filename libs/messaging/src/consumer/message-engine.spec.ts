import type { ReceivedMessage } from '../received-message.js';
import { EngineSetup } from '../testing/engine-setup.js';
import type { Invoke } from '../testing/engine-setup.js';
import { eventually } from '../testing/eventually.js';
import { TransientError } from '../testing/in-memory-unit-of-work.js';

describe('the engine', () => {
  let setup: EngineSetup;
  beforeEach(() => {
    setup = new EngineSetup();
  });
  afterEach(async () => setup.stop());

  it('F12: handles a message once that arrives twice, in one batch or in two', async () => {
    await setup.publish(['a', '1', 'same'], ['a', '1', 'same'], ['b', '2', 'same']);
    await setup.start('single', (messages, context) => setup.take(messages, context));
    await setup.acknowledged(3);
    await setup.publish(['c', '3', 'same']);
    await setup.acknowledged(4);
    expect(setup.handled).toHaveLength(1);
  });

  it('F36: an ambiguous commit neither doubles nor loses nor blames', async () => {
    await setup.publish(['a', '1'], ['b', '1']);
    setup.unitOfWork.failNextCommit(new TransientError('connection lost at COMMIT'), true);
    setup.unitOfWork.failNextCommit(new TransientError('and once more'), false);
    await setup.start('single', (messages, context) => setup.take(messages, context));
    await setup.acknowledged(2);
    expect([...setup.handled].toSorted()).toEqual(['a1', 'b1']);
    expect([setup.failures.failed.length, setup.unitOfWork.commits]).toEqual([0, 1]);
  });

  it('locks the rows of all handlers of a batch before any of them runs', async () => {
    await setup.publish(['b', '1'], ['a', '1']);
    const order: string[] = [];
    const locks = ({ key }: ReceivedMessage) => [{ table: 't', column: 'id', key: key ?? '' }];
    await setup.start('single', () => order.push(`handler after ${setup.unitOfWork.locked[0]?.length} locks`), {
      locks,
    });
    await setup.acknowledged(2);
    expect(order).toEqual(['handler after 2 locks', 'handler after 2 locks']);
  });

  it('F51: takes 20,000 messages that arrive at once in batches of 500, each once', async () => {
    await setup.publish(...Array.from({ length: 20_000 }, (_, index) => [`k${index % 1_000}`, `${index}`] as const));
    await setup.start('batch', (messages, context) => setup.take(messages, context));
    await setup.acknowledged(20_000);
    expect(new Set(setup.handled).size).toBe(20_000);
    expect(setup.settled).toBe(20_000);
    expect(setup.unitOfWork.commits).toBeLessThanOrEqual(60);
  }, 30_000);

  it('F34: loses nothing and doubles nothing while consumers come and go', async () => {
    const second = new EngineSetup();
    Object.assign(second, { broker: setup.broker, inbox: setup.inbox, handled: setup.handled });
    const invoke: Invoke = async (messages, context) => {
      await new Promise((resolve) => setImmediate(resolve));
      setup.take(messages, context);
    };
    await setup.publish(...Array.from({ length: 300 }, (_, index) => [`k${index % 10}`, `-${index}`] as const));
    await setup.start('single', invoke);
    const joiner = await second.start('single', invoke);
    for (let round = 0; round < 20; round += 1) {
      setup.broker.rebalance('g');
      await new Promise((resolve) => setImmediate(resolve));
    }
    await joiner.drain(1_000);
    await setup.acknowledged(300);
    expect(new Set(setup.handled).size).toBe(300);
    expect(setup.handled).toHaveLength(300);
    for (let key = 0; key < 10; key += 1) {
      const own = setup.handled.filter((entry) => entry.startsWith(`k${key}-`)).map((entry) => Number(entry.slice(3)));
      expect(own).toEqual(own.toSorted((a, b) => a - b));
    }
  });

  it('F49: drops what it has not started when the lanes are reassigned, instead of piling up copies', async () => {
    let open: () => void = () => {};
    const gate = new Promise<void>((resolve) => (open = resolve));
    let claims = 0;
    const claim = setup.inbox.claim.bind(setup.inbox);
    setup.inbox.claim = async (tx, group, messages) => {
      claims += messages.length;
      return claim(tx, group, messages);
    };
    await setup.publish(['a', 'first']);
    await setup.start('single', async (messages, context) => {
      await gate;
      setup.take(messages, context);
    });
    await eventually(() => claims === 1);
    await setup.publish(...Array.from({ length: 100 }, (_, index) => [`k${index}`, 'x'] as const));
    for (let round = 0; round < 20; round += 1) {
      setup.broker.rebalance('g');
      await new Promise((resolve) => setTimeout(resolve, 2));
    }
    open();
    await setup.acknowledged(101);
    expect(setup.handled).toHaveLength(101);
    expect(claims).toBe(1 + 2 * 101); // the batch has a duplicate, so it is admitted again in turn
  });

  it('F68: names a lane that stands still, its head and the reason, and forgets it once it moves', async () => {
    let open = (): void => {};
    const gate = new Promise<void>((resolve) => (open = resolve));
    await setup.publish(['a', 'first'], ['a', 'second']);
    const engine = await setup.start('single', () => gate, {}, undefined, 20);
    await eventually(() => /still at 0 for 0 s: its handler has not ended/.test(engine.health().detail));
    expect(engine.health().healthy).toBe(true);
    open();
    await setup.acknowledged(2);
    expect([engine.health().detail, engine.lanesStill()]).toEqual(['consuming', []]);
  });

  describe('F93: a handler that never returns', () => {
    let open = (): void => {};
    const gate = new Promise<void>((resolve) => (open = resolve));
    const invoke: Invoke = async (messages, context) => {
      if (messages.some(({ data }) => data.text === 'bad')) await gate;
      setup.take(messages, context);
    };
    afterAll(() => open());

    it('is named by the consumer, with what it is at and where; other traffic stays welcome', async () => {
      await setup.publish(['a', 'bad'], ['b', 'good']);
      const engine = await setup.start('single', invoke, {}, undefined, 20);
      await eventually(() => engine.health().detail !== 'consuming');
      expect(engine.health().healthy).toBe(true);
      expect(engine.health().detail).toMatch(/^Notes\.take has not returned for 0 s: notes\/\d at 0, key "a"(?:;|$)/);
      open();
      await setup.acknowledged(2);
      expect(engine.health()).toEqual({ healthy: true, detail: 'consuming' });
    });
  });

  it('F93: a reader that never returns is given up like a handler, and blamed', async () => {
    setup.handlerTimeoutMs = 30;
    setup.readAhead = (messages) =>
      messages.some(({ data }) => (data as { text: string }).text === 'bad')
        ? new Promise(() => {})
        : Promise.resolve();
    await setup.publish(['a', '1'], ['b', 'bad'], ['c', '1']);
    await setup.start('single', setup.take.bind(setup));
    await setup.acknowledged(3);
    expect([...setup.handled].toSorted()).toEqual(['a1', 'c1']);
    expect(setup.failures.failed).toMatchObject([{ error: expect.objectContaining({ code: 'HANDLER_TIMED_OUT' }) }]);
  });

  describe('F93: the deadline of a handler', () => {
    const never: Invoke = (messages, context) => {
      if (messages.some(({ data }) => data.text === 'bad')) return new Promise(() => {});
      return setup.take(messages, context);
    };
    beforeEach(() => (setup.handlerTimeoutMs = 30));

    it.each(['single', 'batch'] as const)('frees the lanes, and costs one attempt in them: %s', async (kind) => {
      await setup.publish(['a', '1'], ['b', 'bad'], ['c', '1'], ['b', '2']);
      const engine = await setup.start(kind, never);
      await setup.acknowledged(4);
      expect([...setup.handled].toSorted()).toEqual(['a1', 'c1']);
      const error = expect.objectContaining({ code: 'HANDLER_TIMED_OUT' }) as unknown;
      expect(setup.failures.failed).toMatchObject([{ attempts: 1, error, decision: { kind: 'retry-later' } }]);
      expect(engine.health().healthy).toBe(true);
    });

    it('counts a delayed attempt, too', async () => {
      await setup.publish(['b', 'bad']);
      await setup.start('single', never);
      await setup.acknowledged(1);
      const [failed] = setup.failures.failed;
      const result = failed && (await setup.held?.run(failed, { attempt: 4, claim: async () => true }));
      const error = expect.objectContaining({ code: 'HANDLER_TIMED_OUT' }) as unknown;
      expect(result).toMatchObject({ kind: 'failed', attempts: 4, error, decision: { kind: 'dead-letter' } });
    });
  });
});
