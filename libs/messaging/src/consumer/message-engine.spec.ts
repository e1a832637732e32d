import type { HandlerKind, HandlerOptions, MessageContext, OutsideCalls } from '../handler.js';
import type { ReceivedMessage } from '../received-message.js';
import { eventually } from '../testing/eventually.js';
import { InMemoryBroker } from '../testing/in-memory-broker.js';
import { InMemoryFailureStore } from '../testing/in-memory-failure-store.js';
import { InMemoryInbox } from '../testing/in-memory-inbox.js';
import { InMemoryUnitOfWork, TransientError } from '../testing/in-memory-unit-of-work.js';
import type { InMemoryTransaction } from '../testing/in-memory-unit-of-work.js';
import { noteContract, noteRecord } from '../testing/test-contract.js';
import type { Note } from '../testing/test-contract.js';
import { DEFAULT_QUEUE_LIMITS } from './delivery-queue.js';
import { HandlerRegistry } from './handler-registry.js';
import { MessageEngine } from './message-engine.js';

const notes = noteContract('notes');
type Invoke = (messages: readonly ReceivedMessage<Note>[], context: MessageContext) => unknown;

class Setup {
  readonly broker = new InMemoryBroker();
  readonly unitOfWork = new InMemoryUnitOfWork();
  readonly inbox = new InMemoryInbox();
  readonly failures = new InMemoryFailureStore();
  /** What committed transactions have handled, in order. */
  readonly handled: string[] = [];
  readonly #engines: MessageEngine<InMemoryTransaction>[] = [];

  async publish(...records: readonly (readonly [key: string | null, text: string, id?: string])[]): Promise<void> {
    await this.broker.ensureTopics([{ name: 'notes', kind: 'event' }]);
    const publisher = await this.broker.createPublisher();
    await publisher.publish(records.map(([key, text, id]) => noteRecord(notes, key, text, id)));
  }

  async start(kind: HandlerKind, invoke: Invoke, options: HandlerOptions = {}) {
    const registry = new HandlerRegistry(
      [
        {
          definition: { kind, contract: notes, options, name: 'Notes.take' },
          policy: { immediateAttempts: 3, delayedAttempts: 1, baseDelayMs: 10, maxDelayMs: 10 },
          invoke: async (_, context) => invoke(context.messages as readonly ReceivedMessage<Note>[], context),
        },
      ],
      [{ name: 'notes', kind: 'event' }],
    );
    const engine = new MessageEngine<InMemoryTransaction>({
      unitOfWork: this.unitOfWork,
      inbox: this.inbox,
      failures: this.failures,
      group: 'g',
      registry,
      calls: { timeoutMs: 200, maxConcurrent: 100 },
      queue: DEFAULT_QUEUE_LIMITS,
      maxBatch: 500,
      observer: {},
    });
    this.#engines.push(engine);
    await this.broker.ensureTopics([{ name: 'notes', kind: 'event' }]);
    await engine.start(this.broker);
    return engine;
  }

  /** A handler that leaves its mark when its transaction commits. */
  take(messages: readonly ReceivedMessage<Note>[], { tx }: Pick<MessageContext, 'tx'>): void {
    for (const { key, data } of messages) {
      (tx as InMemoryTransaction).onCommit(() => this.handled.push(`${key}${data.text}`));
    }
  }

  acknowledged(count: number): Promise<void> {
    return eventually(() => [...this.broker.committed('g').values()].reduce((a, b) => a + b, 0) === count);
  }

  async stop(): Promise<void> {
    await Promise.all(this.#engines.map((engine) => engine.drain(2_000)));
  }
}

describe('the engine', () => {
  let setup: Setup;
  beforeEach(() => {
    setup = new Setup();
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
    expect(performance.now() - startedAt).toBeGreaterThan(200);
    expect(setup.failures.failed).toMatchObject([{ attempts: 3 }]);
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

  it('finds the culprit of a failing commit by trying the messages one by one', async () => {
    await setup.publish(['a', '1'], ['b', '1'], ['c', '1']);
    setup.unitOfWork.failNextCommit(new Error('deferred constraint'), false);
    await setup.start('single', (messages, context) => setup.take(messages, context));
    await setup.acknowledged(3);
    expect([...setup.handled].toSorted()).toEqual(['a1', 'b1', 'c1']);
    expect(setup.unitOfWork.commits).toBe(3);
    expect(setup.failures.failed).toEqual([]);
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
    expect(setup.unitOfWork.commits).toBeLessThanOrEqual(60);
  }, 30_000);

  it('F34: loses nothing and doubles nothing while consumers come and go', async () => {
    const second = new Setup();
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

  it('F49: drops what it has not started when the lanes are dealt out anew, instead of piling up copies', async () => {
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
    expect(claims).toBe(102);
  });

  describe('with an outside call', () => {
    const plan = (
      messages: readonly ReceivedMessage<Note>[],
      call: (message: ReceivedMessage<Note>, signal: AbortSignal) => Promise<string>,
    ): OutsideCalls<string, InMemoryTransaction, Note> => ({
      calls: messages.map((message) => (signal) => call(message, signal)),
      async conclude(called, tx) {
        setup.take(
          called.map(({ message }) => message),
          { tx },
        );
      },
    });

    it('F47: holds back only the later messages of its own key while a call is slow', async () => {
      let finish: () => void = () => {};
      const slow = new Promise<void>((resolve) => (finish = resolve));
      await setup.publish(['a', 'slow'], ['a', '2'], ...Array.from({ length: 50 }, (_, i) => [`k${i}`, 'x'] as const));
      await setup.start('outside-call', (messages) =>
        plan(messages, async ({ data }) => {
          if (data.text === 'slow') await slow;
          return data.text;
        }),
      );
      await eventually(() => setup.handled.length === 50);
      expect(setup.handled).not.toContain('a2');
      finish();
      await setup.acknowledged(52);
      expect(setup.handled.filter((entry) => entry.startsWith('a'))).toEqual(['aslow', 'a2']);
    });

    it('counts a call that fails, tries again from the prepare phase, then hands it to the failure store', async () => {
      let prepared = 0;
      await setup.publish(['a', 'bad'], ['a', '2'], ['b', '1']);
      await setup.start('outside-call', (messages) =>
        plan(messages, async ({ data }) => {
          if (data.text !== 'bad') return data.text;
          prepared += 1;
          throw new Error('gateway says no');
        }),
      );
      await setup.acknowledged(3);
      expect([prepared, setup.handled]).toEqual([3, ['b1']]);
      expect(setup.failures.failed).toMatchObject([{ attempts: 3 }]);
      expect(setup.failures.parked).toHaveLength(1);
    });

    it('ends a call at its deadline and tells it so', async () => {
      const aborted: boolean[] = [];
      await setup.publish(['a', '1']);
      await setup.start('outside-call', (messages) =>
        plan(messages, async (_, signal) => {
          await new Promise<void>((resolve) => {
            signal.addEventListener('abort', () => resolve());
          });
          aborted.push(signal.aborted);
          return 'too late';
        }),
      );
      await setup.acknowledged(1);
      expect(aborted).toEqual([true, true, true]);
      expect(setup.failures.failed).toMatchObject([{ error: { code: 'OUTSIDE_CALL_TIMED_OUT' } }]);
    });

    it('does not make the call again for a message that has been dealt with', async () => {
      let calls = 0;
      await setup.publish(['a', '1', 'id']);
      await setup.start('outside-call', (messages) => plan(messages, async () => String((calls += 1))));
      await setup.acknowledged(1);
      await setup.publish(['b', '1', 'id']);
      await setup.acknowledged(2);
      expect([calls, setup.handled]).toEqual([1, ['a1']]);
    });

    it('F37: finishes the calls in flight when it drains, and takes nothing new', async () => {
      let finish: () => void = () => {};
      const slow = new Promise<void>((resolve) => (finish = resolve));
      let calling = false;
      await setup.publish(['a', '1'], ['a', '2']);
      const engine = await setup.start('outside-call', (messages) =>
        plan(messages, async () => {
          calling = true;
          await slow;
          return 'done';
        }),
      );
      await eventually(() => calling);
      const drained = engine.drain(5_000);
      finish();
      await drained;
      expect(setup.handled).toEqual(['a1']);
      expect(engine.health()).toEqual({ healthy: false, detail: 'stopped' });
    });
  });
});
