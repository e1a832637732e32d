import type { HandlerKind } from '../../../handler.js';
import type { ReceivedMessage } from '../../../received-message.js';
import { EngineSetup } from '../../../testing/engine-setup.js';
import type { Invoke } from '../../../testing/engine-setup.js';
import { eventually } from '../../../testing/eventually.js';
import { SharedCrashMarkers } from '../../../testing/in-memory-crash-markers.js';
import type { InMemoryCrashMarkers } from '../../../testing/in-memory-crash-markers.js';
import { TransientError } from '../../../testing/in-memory-unit-of-work.js';
import type { Note } from '../../../testing/test-contract.js';

const isPoison = ({ data }: ReceivedMessage<Note>) => data.text === 'poison';

describe('the message that kills its process', () => {
  let setup: EngineSetup;
  let shared: SharedCrashMarkers;
  /** What was handled with a death, per death. */
  let deaths: string[][];
  const attempts = new Set<number>();

  beforeEach(() => {
    setup = new EngineSetup();
    shared = new SharedCrashMarkers();
    deaths = [];
    attempts.clear();
  });
  afterEach(async () => setup.stop());

  /** One life of the process. @returns how it ended, once everything is acknowledged or the process dead. */
  async function live(kind: HandlerKind, count: number, markers = shared.process()): Promise<'died' | 'lives'> {
    let end = (): void => {};
    const dying = new Promise<never>((_, reject) => {
      end = () => reject(new TransientError('the process is dead'));
    });
    dying.catch(() => {});
    let died = false;
    const dieOf = async (messages: readonly ReceivedMessage<Note>[]): Promise<never> => {
      died = true;
      markers.die();
      deaths.push(messages.map(({ data }) => data.text));
      return dying; // as a dead process: neither success nor failure
    };
    const transactional: Invoke = (messages, context) => {
      for (const { attempt } of messages) attempts.add(attempt);
      if (messages.some(isPoison)) return dieOf(messages);
      return setup.take(messages, context);
    };
    const outside: Invoke = (messages) =>
      setup.plan(messages, async (message) => (isPoison(message) ? dieOf([message]) : 'called'));
    await markers.open();
    const engine = await setup.start(kind, kind === 'outside-call' ? outside : transactional, {}, markers);
    await eventually(() => died || setup.acknowledgedCount() === count);
    if (!died) return 'lives';
    const drained = engine.drain(1);
    end();
    await drained;
    return 'died';
  }

  async function liveOn(kind: HandlerKind, count: number): Promise<void> {
    while ((await live(kind, count)) === 'died') expect(deaths.length).toBeLessThan(10);
  }

  it.each(['single', 'batch', 'outside-call'] as const)(
    'F18: is dead-lettered after three deaths alone; its batch-mates are handled once, at their first attempt (%s)',
    async (kind) => {
      await setup.publish(['a', '1'], ['b', 'poison'], ['b', 'behind'], ['c', '1'], ['a', '2']);
      await liveOn(kind, 5);
      expect(setup.handled.toSorted()).toEqual(['a1', 'a2', 'c1']);
      expect(setup.failures.failed).toMatchObject([
        {
          attempts: 3,
          error: { code: 'PROCESS_CRASHED' },
          decision: { kind: 'dead-letter', reason: 'PROCESS_CRASHED' },
        },
      ]);
      expect(setup.failures.parked.map(({ record }) => String(record.value))).toEqual(['{"text":"behind"}']);
      expect(deaths.length).toBeLessThanOrEqual(5);
      expect(deaths.slice(-3)).toEqual([['poison'], ['poison'], ['poison']]);
      expect(shared.markers.size).toBe(0);
      expect([...attempts]).toEqual(kind === 'outside-call' ? [] : [1]);
    },
  );

  it('F18: is found, too, where a member is first dealt no lanes, as those of the dead one are not free yet', async () => {
    const subscribe = setup.broker.subscribe.bind(setup.broker);
    setup.broker.subscribe = async (options, listener) => {
      listener.onAssigned([]);
      await new Promise(setImmediate); // by now it knows of the death
      return subscribe(options, listener);
    };
    await setup.publish(['a', '1'], ['b', 'poison'], ['c', '1']);
    await liveOn('single', 3);
    expect(deaths).toHaveLength(5);
    expect(setup.failures.failed).toMatchObject([{ attempts: 3, error: { code: 'PROCESS_CRASHED' } }]);
  });

  it('F18: nothing is written or read for a batch as long as no process has died', async () => {
    await setup.publish(...Array.from({ length: 50 }, (_, index) => [`k${index}`, 'x'] as const));
    const markers = shared.process();
    expect(await live('single', 50, markers)).toBe('lives');
    expect(markers.calls).toEqual([]);
  });

  it('F18: a death is noticed although the database was away when the lanes were dealt out', async () => {
    const markers = shared.process();
    const look = markers.look.bind(markers);
    let looks = 0;
    markers.look = async () => {
      looks += 1;
      if (looks <= 2) throw new TransientError('away');
      return look();
    };
    const dead = shared.process();
    await dead.open();
    dead.die();
    expect(await live('single', 0, markers)).toBe('lives');
    await eventually(() => shared.lastDeathAtMs !== undefined);
    expect(looks).toBe(3);
  });

  it('F18: while the call of a suspect is in flight, nothing else is in hand', async () => {
    const victim = shared.process();
    await victim.open();
    await setup.publish(['a', 'suspect', 'id-a'], ['b', '1'], ['c', '1']);
    await victim.mark('g', [{ source: '/test', id: 'id-a' }], 'among-others');
    victim.die();
    let finish = (): void => {};
    const finished = new Promise<void>((resolve) => (finish = resolve));
    const called: string[] = [];
    await setup.start(
      'outside-call',
      (messages) =>
        setup.plan(messages, async ({ data }) => {
          called.push(data.text);
          if (data.text === 'suspect') await finished;
          return 'called';
        }),
      {},
      shared.process(),
    );
    await eventually(() => called.includes('suspect'));
    const before = called.length;
    await setup.publish(['d', 'late']);
    await new Promise((resolve) => setTimeout(resolve, 50)); // time for what must not happen
    expect([called.length, setup.handled.includes('asuspect')]).toEqual([before, false]);
    finish();
    await setup.acknowledged(4);
    expect(setup.handled.toSorted()).toEqual(['asuspect', 'b1', 'c1', 'dlate']);
  });

  it('F18: what was in hand at a death beside the guilty one is suspect, and cleared by being handled', async () => {
    const victim: InMemoryCrashMarkers = shared.process();
    await victim.open();
    await setup.publish(['a', '1', 'id-a'], ['b', '1', 'id-b'], ['c', '1']);
    await victim.mark(
      'g',
      [
        { source: '/test', id: 'id-a' },
        { source: '/test', id: 'id-b' },
      ],
      'among-others',
    );
    victim.die();
    expect(await live('batch', 3)).toBe('lives');
    expect(setup.handled).toHaveLength(3);
    expect(shared.markers.size).toBe(0);
  });
});
