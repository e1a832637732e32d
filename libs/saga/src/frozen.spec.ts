import { decide } from './decide/decide.js';
import { defineSaga } from './define-saga.js';
import { erased } from './erase-saga.js';
import { frozen } from './frozen.js';
import { newSagaInstance } from './new-saga-instance.js';
import { done, send } from './saga-definition.js';
import type { SagaInput } from './saga-input.js';
import { fromRow } from './saga-row.js';
import { anyContract } from './testing/trip.js';

interface Trip {
  chargeId?: string;
  readonly seats: string[];
}
type Reply = Record<string, string>;

const start: SagaInput = { kind: 'start', now: 0, commandId: 'c1' };
const paid: SagaInput = {
  kind: 'reply',
  contract: 'pay.done',
  data: { chargeId: 'ch_1' },
  answers: 'c1',
  now: 1,
  commandId: 'c2',
};

function change(data: Readonly<Trip>): Trip {
  // @ts-expect-error the compiler refuses it; what is deeper, or has no types, has to fail when it runs
  data.chargeId = 'ch_1';
  return data;
}

function trip(where: 'apply' | 'apply, in depth' | 'satisfies' | 'command' | 'compensation' | 'next command') {
  const command = (at: typeof where, name: string) => (data: Readonly<Trip>) => {
    if (where === at) change(data);
    return send(anyContract(name), {});
  };
  return defineSaga<Trip>('trip', 1, {
    steps: [
      {
        name: 'pay',
        command: command('command', 'pay.do'),
        replies: [
          done<Trip, Reply>(anyContract('pay.done'), {
            satisfies: (data) => where !== 'satisfies' || change(data) === data,
            apply: (data, { chargeId = '' }) => {
              if (where === 'apply') return change(data);
              if (where === 'apply, in depth') data.seats.push('1A');
              return { ...data, chargeId };
            },
          }),
        ],
        compensation: {
          command: command('compensation', 'pay.undo'),
          replies: [done<Trip, Reply>(anyContract('pay.undone'))],
        },
      },
      {
        name: 'ship',
        command: command('next command', 'ship.do'),
        replies: [done<Trip, Reply>(anyContract('ship.done'))],
      },
    ],
  });
}

describe("a saga's data", () => {
  it.each([
    ['apply', paid],
    ['apply, in depth', paid],
    ['satisfies', paid],
    ['next command', paid],
    ['compensation', { kind: 'cancel', reason: 'no', now: 1, commandId: 'c2' }],
  ] as const)('is never changed in place: %s that tries fails', (where, input) => {
    const definition = trip(where);
    const { instance } = decide(
      definition,
      newSagaInstance(definition, { id: 'o1', data: { seats: [] }, now: 0 }),
      start,
    );
    expect(() => decide(definition, instance, input)).toThrow(TypeError);
    expect(instance.data).toEqual({ seats: [] });
  });

  it('is not changed by the command that starts the saga, either, and stays the own of whoever started it', () => {
    const definition = trip('command');
    const data: Trip = { seats: [] };
    const instance = newSagaInstance(definition, { id: 'o1', data, now: 0 });
    expect(() => decide(definition, instance, start)).toThrow(TypeError);
    data.seats.push('1A');
    expect(data).toEqual({ seats: ['1A'] });
  });

  it('is the same where a reply keeps nothing, so that it is not written again', () => {
    const definition = defineSaga<Trip>('trip', 1, {
      steps: [
        {
          name: 'pay',
          command: () => send(anyContract('pay.do'), {}),
          replies: [done<Trip, Reply>(anyContract('pay.done'))],
        },
      ],
    });
    const begun = decide(definition, newSagaInstance(definition, { id: 'o1', data: { seats: [] }, now: 0 }), start);
    const loaded = fromRow({ ...begun.instance, ...ROW });
    expect(decide(definition, loaded, paid).instance.data).toBe(loaded.data);
  });

  it('of a row is frozen, also for an erasure, which would be lost', () => {
    const definition = trip('apply');
    const instance = newSagaInstance(definition, { id: 'o1', data: { seats: ['1A'] }, now: 0 });
    const loaded = fromRow({ ...instance, ...ROW });
    expect(() => erased(loaded, { data: change, text: '' })).toThrow(TypeError);
    expect(() =>
      erased(loaded, { data: (data: Readonly<Trip>) => ({ seats: data.seats.splice(0) }), text: '' }),
    ).toThrow(TypeError);
  });

  it('is copied with every key as it is, and with what is no plain object', () => {
    const data: unknown = JSON.parse('{"__proto__":{"a":[1]},"b":null}');
    expect(JSON.stringify(frozen(data))).toBe('{"__proto__":{"a":[1]},"b":null}');
    const date = new Date(0);
    expect(frozen({ date }).date).toBe(date);
  });
});

const ROW = { correlation_id: null, traceparent: null, failure: null, deadline_at: 1, created_at: 0, updated_at: 0 };
