import * as fc from 'fast-check';

import { withCommandId } from '../command-message.js';
import { newSagaInstance } from '../new-saga-instance.js';
import type { SagaInput } from '../saga-input.js';
import type { SagaInstance } from '../saga-instance.js';
import { trip } from '../testing/trip.js';
import { decide } from './decide.js';

type Step =
  | Omit<Extract<SagaInput, { kind: 'reply' }>, 'now'>
  | { kind: 'start' }
  | { kind: 'late' }
  | { kind: 'cancel' };

const definition = trip();
const reply = (contract: string): Step => ({ kind: 'reply', contract, data: {} });
const start: Step = { kind: 'start' };
const late: Step = { kind: 'late' };
const cancel: Step = { kind: 'cancel' };

const newTrip = (): SagaInstance => newSagaInstance(definition, { id: 'o1', data: {}, now: 0 });

/** At the deadline where that is what happens, else at once. */
function timed(input: Step, { deadlineAt, updatedAt }: SagaInstance): SagaInput {
  if (input.kind === 'late') return { kind: 'deadline', now: deadlineAt ?? updatedAt, publishedAt: undefined };
  if (input.kind === 'cancel') return { kind: 'cancel', now: updatedAt, reason: 'changed my mind' };
  return { ...input, now: updatedAt };
}

function run(inputs: readonly Step[]) {
  let instance = newTrip();
  const commands: string[] = [];
  const transitions: string[] = [];
  let verdict = '';
  const take = (input: Step) => {
    const decision = decide(definition, instance, timed(input, instance));
    ({ instance, verdict } = decision);
    commands.push(...decision.commands.map(({ contract }) => contract.name));
    transitions.push(...decision.transitions.map(({ kind }) => kind));
    return decision;
  };
  inputs.forEach(take);
  return {
    take,
    commands,
    transitions,
    get verdict() {
      return verdict;
    },
    get instance() {
      return instance;
    },
  };
}

const forward = [start, reply('pay.done'), reply('book.done'), reply('ship.done')];

describe('a saga', () => {
  it('runs its steps one after another and completes', () => {
    const { instance, commands } = run([...forward, reply('confirm.done')]);
    expect(instance).toMatchObject({ status: 'COMPLETED', deadlineAt: null });
    expect(commands).toEqual(['pay.do', 'book.do', 'ship.do', 'confirm.do']);
  });

  it('undoes completed steps in reverse, one at a time, after a refusal', () => {
    const saga = run([...forward.slice(0, 3), reply('ship.failed')]);
    expect(saga.commands.at(-1)).toBe('book.undo');
    saga.take(reply('book.undone'));
    expect(saga.commands.slice(3)).toEqual(['book.undo', 'pay.undo']);
    saga.take(reply('pay.undone'));
    expect(saga.instance).toMatchObject({ status: 'COMPENSATED', failure: { step: 'ship', code: 'REFUSED' } });
  });

  it('F23 undoes a step that timed out, because it may have taken effect', () => {
    const saga = run([start, late]);
    expect(saga.commands).toEqual(['pay.do', 'pay.undo']);
    expect(saga.instance.failure?.code).toBe('STEP_TIMED_OUT');
  });

  it('F24 undoes a success that comes after the saga was compensated', () => {
    const saga = run([start, cancel, reply('pay.undone'), reply('pay.done')]);
    expect(saga.instance.status).toBe('COMPENSATING');
    saga.take(reply('pay.undone'));
    expect(saga.instance.status).toBe('COMPENSATED');
    expect(saga.commands).toEqual(['pay.do', 'pay.undo', 'pay.undo']);
  });

  it('F22 retries a compensation, then asks for an operator, who can retry, skip or force', () => {
    const refused = [start, cancel, ...Array.from({ length: 4 }, () => [reply('pay.undo-failed'), late]).flat()];
    const actions = { retry: 'COMPENSATING', skip: 'COMPENSATED', force: 'COMPENSATED' } as const;
    for (const action of ['retry', 'skip', 'force'] as const) {
      const saga = run(refused);
      expect(saga.commands.filter((name) => name === 'pay.undo')).toHaveLength(4);
      expect(saga.instance.status).toBe('COMPENSATION_FAILED');
      const input: SagaInput = { kind: 'operate', now: 9, action, by: 'ann', reason: 'called the bank' };
      expect(decide(definition, saga.instance, input).instance.status).toBe(actions[action]);
    }
    const works = run([...refused.slice(0, 8), reply('pay.undone')]);
    expect(works.instance.status).toBe('COMPENSATED');
  });

  it('repeats commands from the pivot on, and refuses to cancel', () => {
    const saga = run([...forward, late, reply('confirm.failed'), late, cancel]);
    expect(saga.verdict).toBe('refused');
    expect(saga.commands.slice(3)).toEqual(['confirm.do', 'confirm.do', 'confirm.do']);
    expect(saga.instance.status).toBe('RUNNING');
  });

  it('does not count a deadline while the command is unpublished', () => {
    const { instance } = run([start]);
    const decision = decide(definition, instance, { kind: 'deadline', now: 60_000, publishedAt: null });
    expect(decision).toMatchObject({ commands: [], instance: { status: 'RUNNING', deadlineAt: 120_000 } });
  });

  describe('told which command an answer is for', () => {
    /** Sends commands as the engine does: `c1`, `c2`, … in their order; answers name the command they answer. */
    function given(inputs: readonly Step[], before: SagaInstance = newTrip()) {
      let instance = before;
      let sent = 0;
      const saga = {
        commands: [] as string[],
        take(input: Step) {
          const decision = decide(definition, instance, timed(input, instance));
          ({ instance } = decision);
          for (const { contract, step } of decision.commands) {
            sent += 1;
            saga.commands.push(`c${sent} ${contract.name}`);
            instance = withCommandId(instance, step, `c${sent}`);
          }
          return { verdict: decision.verdict, status: instance.status };
        },
      };
      inputs.forEach((input) => saga.take(input));
      return saga;
    }
    const answer = (answers: string, contract: string): Step => ({ kind: 'reply', contract, data: {}, answers });
    const ignored = (status: string) => ({ verdict: 'ignored', status });

    /** Undone once, then again because the payment went through after all: c3 undoes for the second time. */
    const undoneAgain = [start, cancel, answer('c2', 'pay.undone'), answer('c1', 'pay.done')];

    it('does not take the answer to an earlier undoing for the answer to a later one (F24)', () => {
      const saga = given(undoneAgain);
      expect(saga.commands).toEqual(['c1 pay.do', 'c2 pay.undo', 'c3 pay.undo']);
      expect(saga.take(answer('c2', 'pay.undone'))).toEqual(ignored('COMPENSATING'));
      expect(saga.take(answer('c2', 'pay.undo-failed'))).toEqual(ignored('COMPENSATING'));
      expect(saga.take(answer('c3', 'pay.undone'))).toEqual({ verdict: 'taken', status: 'COMPENSATED' });
    });

    it('takes the success of any attempt at one undoing, and the failure of the last one only (F22)', () => {
      const saga = given([start, cancel, late]);
      expect(saga.commands.at(-1)).toBe('c3 pay.undo');
      expect(saga.take(answer('c2', 'pay.undo-failed'))).toEqual(ignored('COMPENSATING'));
      expect(saga.take(answer('c2', 'pay.undone'))).toEqual({ verdict: 'taken', status: 'COMPENSATED' });
    });

    it('takes an answer that comes after the undoing was given up, also to an attempt before the operator', () => {
      const saga = given([start, cancel, late, late, late, late]);
      expect(saga.commands.at(-1)).toBe('c5 pay.undo');
      expect(saga.take(answer('c9', 'pay.undone'))).toEqual(ignored('COMPENSATION_FAILED'));
      expect(saga.take(answer('c4', 'pay.undone'))).toEqual({ verdict: 'taken', status: 'COMPENSATED' });
    });

    it('does not go on for an answer to a command that it has not sent', () => {
      const saga = given([start]);
      expect(saga.take(answer('c0', 'pay.done'))).toEqual(ignored('RUNNING'));
      expect(saga.take(answer('c0', 'pay.failed'))).toEqual(ignored('RUNNING'));
      expect(saga.take(answer('c1', 'pay.done'))).toEqual({ verdict: 'taken', status: 'RUNNING' });
    });

    it('counts a refusal after the pivot once, whichever attempt it answers', () => {
      const saga = given([
        start,
        answer('c1', 'pay.done'),
        answer('c2', 'book.done'),
        answer('c3', 'ship.done'),
        answer('c4', 'confirm.failed'),
        late,
      ]);
      expect(saga.commands.at(-1)).toBe('c5 confirm.do');
      expect(saga.take(answer('c4', 'confirm.failed'))).toEqual(ignored('RUNNING'));
      expect(saga.take(answer('c4', 'confirm.done'))).toEqual({ verdict: 'taken', status: 'COMPLETED' });
    });

    it('goes by the state alone where a row was written before commands were kept, or an answer names none (F27)', () => {
      const { instance } = run([start, cancel]);
      const old = { ...instance, steps: instance.steps.map((step) => ({ ...step, sent: undefined, commandId: 'c2' })) };
      expect(given([], old).take(answer('cx', 'pay.undone')).status).toBe('COMPENSATED');
      const resent = given([late], old);
      expect(resent.take(answer('c2', 'pay.undone')).status).toBe('COMPENSATED');
      expect(given([start, cancel]).take(reply('pay.undone')).status).toBe('COMPENSATED');
    });
  });

  it('is never undone after the pivot, undoes one step at a time, and ends, whatever comes in which order', () => {
    const names = ['pay', 'book', 'ship'].flatMap((step) =>
      ['done', 'failed', 'undone', 'undo-failed'].map((answer) => reply(`${step}.${answer}`)),
    );
    const anyStep = fc.constantFrom(...names, reply('confirm.done'), reply('confirm.failed'), late, cancel);
    fc.assert(
      fc.property(fc.array(anyStep, { maxLength: 40 }), (inputs) => {
        const saga = run([start]);
        for (const input of inputs) {
          const passed = saga.transitions.includes('pivot-passed');
          const { instance, commands } = saga.take(input);
          expect(instance.steps.filter(({ status }) => status === 'COMPENSATING').length).toBeLessThanOrEqual(1);
          if (passed) expect(commands.every(({ phase }) => phase === 'forward')).toBe(true);
        }
        for (let i = 0; i < 40 && saga.instance.deadlineAt !== null; i += 1) {
          const { step, status } = saga.instance;
          saga.take(reply(status === 'RUNNING' ? `${step}.done` : `${step}.undone`));
        }
        expect(saga.instance.deadlineAt).toBeNull();
        if (saga.instance.status === 'COMPENSATED') {
          expect(saga.instance.steps.filter(({ status }) => status === 'DONE' || status === 'RUNNING')).toEqual([]);
        }
      }),
    );
  });
});
