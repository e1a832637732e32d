import { noteContract } from '../../../testing/test-contract.js';
import type { Runnable } from '../../handler-waves.js';
import type { RegisteredHandler } from '../../registered-handler.js';
import { CallLimitGate } from './call-limit-gate.js';
import type { CallSlot } from './call-slot.js';

const store = noteContract('notes', 'note.stored', { kind: 'command' });
const erase = noteContract('notes', 'note.erased', { kind: 'command', undoes: [store.name] });

const handlerOf = (contract: typeof store): RegisteredHandler => ({
  definition: { kind: 'outside-call', contract, options: {}, name: contract.name },
  policy: { immediateAttempts: 1, delayedAttempts: 0, baseDelayMs: 1, maxDelayMs: 1 },
  invoke: async () => undefined,
});

describe('the calls of a process', () => {
  const [doing, undoing] = [handlerOf(store), handlerOf(erase)];
  let gate: CallLimitGate;
  let keys = 0;
  beforeEach(() => {
    gate = new CallLimitGate({ handlers: [doing, undoing], maxConcurrent: 16, observer: {}, onReturn: () => {} });
  });

  const call = (handler: RegisteredHandler): Runnable => {
    const key = `k${(keys += 1)}`;
    const record = {
      topic: 'notes',
      partition: 0,
      position: '0',
      key: Buffer.from(key),
      value: null,
      headers: {},
      timestampMs: 0,
    };
    const { type } = handler.definition.contract;
    const envelope = { id: key, source: '/test', type, time: '', correlationId: key };
    return { handler, message: { envelope, data: { text: 'x' }, key, attempt: 1, record }, keyId: key };
  };
  /** Takes as many as there is room for. */
  const takeAll = (handler: RegisteredHandler): readonly CallSlot[] => {
    const slots: CallSlot[] = [];
    for (let slot = gate.take(call(handler)); slot; slot = gate.take(call(handler))) slots.push(slot);
    return slots;
  };

  it('F62: that hang leave room for undoings: an eighth of all is theirs', () => {
    const hanging = takeAll(doing);
    expect(hanging).toHaveLength(14);
    expect(takeAll(undoing)).toHaveLength(2);
    hanging[0]?.release();
    expect(gate.take(call(doing))).toBeUndefined(); // what has become free is kept for undoings too
    expect(takeAll(undoing)).toHaveLength(1);
  });

  it('F62: of undoings may be as many as there are where nothing else is called', () => {
    const undone = takeAll(undoing);
    expect(undone).toHaveLength(16);
    expect(gate.take(call(doing))).toBeUndefined();
    for (const slot of undone.slice(0, 3)) slot.succeeded();
    expect(takeAll(doing)).toHaveLength(1);
  });
});
