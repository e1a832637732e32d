import type { HeldMessage, HeldRunResult } from '../ports.js';
import { InMemoryUnitOfWork } from '../testing/in-memory-unit-of-work.js';
import type { InMemoryTransaction } from '../testing/in-memory-unit-of-work.js';
import { noteContract, noteRecord } from '../testing/test-contract.js';
import { Circuit } from './circuit.js';
import { HandlerRegistry } from './handler-registry.js';
import { HeldMessages } from './held-messages.js';
import { withCircuit } from './with-circuit.js';

const notes = noteContract('notes');
const held = (key: string): HeldMessage => ({
  group: 'g',
  identity: { source: '/test', id: key },
  record: { ...noteRecord(notes, key, 'x'), partition: 0, position: '1', timestampMs: 0 },
  handler: 'Notes.take',
  type: notes.type,
});

describe('held messages of a handler whose dependency is down', () => {
  let circuit: Circuit;
  let isDown: boolean;
  let attempts: number;
  let messages: HeldMessages<InMemoryTransaction>;

  beforeEach(() => {
    jest.useFakeTimers();
    circuit = new Circuit({
      keys: 10,
      failures: 2,
      failureRate: 0.5,
      windowMs: 1_000,
      coolDownMs: 100,
      maxCoolDownMs: 200,
    });
    isDown = true;
    attempts = 0;
    const handler = {
      definition: { kind: 'single' as const, contract: notes, options: {}, name: 'Notes.take' },
      policy: { immediateAttempts: 1, delayedAttempts: 1, baseDelayMs: 10, maxDelayMs: 10 },
      invoke: async () => {
        attempts += 1;
        if (isDown) throw new Error('the gateway is down');
      },
    };
    messages = new HeldMessages({
      group: 'g',
      registry: new HandlerRegistry(
        [withCircuit(handler, circuit, { ofCall: () => true, ofHandler: () => true })],
        [{ name: 'notes', kind: 'event' }],
      ),
      unitOfWork: new InMemoryUnitOfWork(),
      gates: [],
      callTimeoutMs: 1_000,
      draining: new AbortController().signal,
    });
    circuit.failed('a');
    circuit.failed('b');
  });
  afterEach(() => jest.useRealTimers());

  const run = (key: string, claimed = true): Promise<HeldRunResult> =>
    messages.run(held(key), { attempt: 2, claim: async () => claimed });

  it('are postponed until a probe may be tried, and count no attempt', async () => {
    expect(await run('c')).toMatchObject({ kind: 'interrupted', retryAfterMs: 100, error: { code: 'CIRCUIT_OPEN' } });
    expect(attempts).toBe(0);
  });

  it('may be the probe: one that fails is postponed for longer, its attempt not counted', async () => {
    jest.advanceTimersByTime(100);
    const [probe, other] = await Promise.all([run('c'), run('d')]);
    expect([probe, other, attempts]).toMatchObject([
      { kind: 'interrupted', retryAfterMs: 200 },
      { kind: 'interrupted', error: { code: 'CIRCUIT_OPEN' } },
      1,
    ]);
  });

  it('may be the probe: one that succeeds lets all others flow', async () => {
    jest.advanceTimersByTime(100);
    isDown = false;
    expect([await run('c'), await run('d')]).toEqual([{ kind: 'handled' }, { kind: 'handled' }]);
  });

  it('leave the probe to the next one when somebody else has dealt with them', async () => {
    jest.advanceTimersByTime(100);
    isDown = false;
    expect(await run('c', false)).toEqual({ kind: 'not-claimed' });
    expect(await run('d')).toEqual({ kind: 'handled' });
  });
});
