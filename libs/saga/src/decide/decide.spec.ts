import * as fc from 'fast-check';

import type { SagaInput } from '../saga-input.js';
import type { SagaInstance } from '../saga-instance.js';
import { fromRow } from '../saga-row.js';
import { answer, cancel, definition, forward, late, newTrip, reply, run, start } from '../testing/run-trip.js';
import { decide } from './decide.js';

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
      const input: SagaInput = {
        kind: 'operate',
        now: 9,
        commandId: 'c9',
        action,
        by: 'ann',
        reason: 'called the bank',
      };
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

  it('fails a step whose command the broker refuses for good, and undoes the steps before it', () => {
    const { instance } = run([start, reply('pay.done')]);
    const now = instance.deadlineAt ?? 0;
    const refused = { kind: 'deadline', now, commandId: 'c9', published: false, refused: 'too large' } as const;
    const decision = decide(definition, instance, refused);
    expect(decision.instance).toMatchObject({
      status: 'COMPENSATING',
      failure: { code: 'COMMAND_REFUSED', message: expect.stringContaining('too large') },
    });
    expect(decision.command?.contract.name).toBe('pay.undo');
    expect(decide(definition, instance, { ...refused, refused: undefined }).instance.status).toBe('RUNNING');
  });

  it('does not count a deadline while the command is unpublished', () => {
    const { instance } = run([start]);
    const decision = decide(definition, instance, { kind: 'deadline', now: 60_000, commandId: 'c2', published: false });
    expect(decision).toMatchObject({ instance: { status: 'RUNNING', deadlineAt: 120_000 } });
    expect(decision.command).toBeUndefined();
  });

  it('asks once more where the broker has lost answers since it asked, before it undoes anything (F70)', () => {
    const { instance } = run([start, reply('pay.done')]); // deadlines of 60 s, at 0
    const silence = { kind: 'deadline', now: 60_000, commandId: 'c3', published: true } as const;
    const again = decide(definition, instance, { ...silence, lostAt: 30_000 });
    expect(again).toMatchObject({ instance: { status: 'RUNNING', deadlineAt: 120_000 }, command: { id: 'c3' } });
    expect(again.command?.contract.name).toBe(run([start, reply('pay.done')]).commands.at(-1));
    const second = { ...silence, now: 120_000, commandId: 'c4' };
    expect(decide(definition, again.instance, { ...second, lostAt: 30_000 }).instance.status).toBe('COMPENSATING');
    expect(decide(definition, instance, { ...silence, lostAt: -1 }).instance.status).toBe('COMPENSATING');
  });

  it('says in its transitions which command it sent, under its own id, whatever else a definition puts into it', () => {
    const { transitions, command } = decide(definition, newTrip(), { kind: 'start', now: 0, commandId: 'c1' });
    expect(command).toMatchObject({ id: 'c1', step: 'pay', phase: 'forward' });
    expect(transitions.at(-1)).toMatchObject({ kind: 'step-started', command: { id: 'c1', type: 'pay.do.v1' } });
  });

  describe('asked which command an answer is for', () => {
    /** Undone once, then again because the payment went through after all: c3 undoes for the second time. */
    const undoneAgain = [start, cancel, answer('c2', 'pay.undone'), answer('c1', 'pay.done')];

    it('does not take the answer to an earlier undoing for the answer to a later one (F24)', () => {
      const saga = run(undoneAgain);
      expect(saga.sent).toEqual(['c1 pay.do', 'c2 pay.undo', 'c3 pay.undo']);
      expect(saga.on(answer('c2', 'pay.undone'))).toBe('ignored COMPENSATING');
      expect(saga.on(answer('c2', 'pay.undo-failed'))).toBe('ignored COMPENSATING');
      expect(saga.on(answer('c3', 'pay.undone'))).toBe('taken COMPENSATED');
    });

    it('takes the success of any attempt at one undoing, and the failure of the last one only (F22)', () => {
      const saga = run([start, cancel, late]);
      expect(saga.sent.at(-1)).toBe('c3 pay.undo');
      expect(saga.on(answer('c2', 'pay.undo-failed'))).toBe('ignored COMPENSATING');
      expect(saga.on(answer('c2', 'pay.undone'))).toBe('taken COMPENSATED');
    });

    it('takes an answer that comes after the undoing was given up, also to an attempt before the operator', () => {
      const saga = run([start, cancel, late, late, late, late]);
      expect(saga.sent.at(-1)).toBe('c5 pay.undo');
      expect(saga.on(answer('c4', 'pay.undone'))).toBe('taken COMPENSATED');
    });

    it('counts a refusal after the pivot once, whichever attempt it answers', () => {
      const saga = run([...forward, reply('confirm.failed'), late]);
      expect(saga.sent.at(-1)).toBe('c5 confirm.do');
      expect(saga.on(answer('c4', 'confirm.failed'))).toBe('ignored RUNNING');
      expect(saga.on(answer('c4', 'confirm.done'))).toBe('taken COMPLETED');
    });

    it.each<[string, string | undefined, string]>([
      ['names no command', undefined, 'REPLY_WITHOUT_CAUSE'],
      ['names a command that was never sent', 'c0', 'REPLY_TO_UNKNOWN_COMMAND'],
      ["names another step's command", 'c1', 'REPLY_TO_UNKNOWN_COMMAND'],
    ])('is not moved by an answer that %s (F63)', (_, answers, fault) => {
      const saga = run([start, reply('pay.done')]);
      const before = saga.instance;
      expect(saga.on(answer(answers, 'book.done'))).toBe(`${fault} RUNNING`);
      expect(saga.on(answer(answers, 'book.failed'))).toBe(`${fault} RUNNING`);
      expect(saga.instance).toBe(before);
      expect(saga.on(answer('c2', 'book.done'))).toBe('taken RUNNING');
    });

    it('is not undone by an answer to what it asked for on its way forward, or to nothing (F63)', () => {
      const saga = run([start, cancel]);
      for (const answers of [undefined, 'c0', 'c1']) {
        expect(saga.on(answer(answers, 'pay.undone'))).toMatch(/^REPLY_.* COMPENSATING$/);
      }
      expect(saga.on(answer('c2', 'pay.done'))).toBe('REPLY_TO_UNKNOWN_COMMAND COMPENSATING');
      expect(saga.on(answer('c2', 'pay.undone'))).toBe('taken COMPENSATED');
    });

    it('is not moved by content that is not what was asked for (F63)', () => {
      const saga = run([start]);
      expect(saga.on(answer('c1', 'pay.done', { unasked: 'yes' }))).toBe('REPLY_NOT_AS_ASKED RUNNING');
      expect(saga.on(answer('c1', 'pay.done'))).toBe('taken RUNNING');
      expect(saga.on(answer('c1', 'pay.done', { unasked: 'yes' }))).toBe('REPLY_NOT_AS_ASKED RUNNING');
    });
  });

  describe('whose row an older build wrote (F27)', () => {
    /** As such a build left it: the last command's id, or those of the question in hand. */
    const written = ({ steps, ...instance }: SagaInstance, sent: boolean): SagaInstance => {
      const old = steps.map(({ asked, ...state }) => (sent ? { ...state, sent: asked.at(-1)?.commands } : state));
      const row = { correlation_id: null, traceparent: null, failure: instance.failure ?? null };
      const times = { deadline_at: instance.deadlineAt, created_at: 0, updated_at: instance.updatedAt };
      return fromRow({ ...instance, ...row, ...times, steps: old });
    };

    it.each([true, false])('continues for the answer to the command that it kept, and for no other (%s)', (sent) => {
      const running = run([], written(run([start]).instance, sent));
      expect(running.on(answer('c0', 'pay.done'))).toBe('REPLY_TO_UNKNOWN_COMMAND RUNNING');
      expect(running.on(answer('c1', 'pay.done'))).toBe('taken RUNNING');
      const undoing = run([], written(run([start, cancel]).instance, sent));
      expect(undoing.on(answer('c0', 'pay.undone'))).toBe('REPLY_TO_UNKNOWN_COMMAND COMPENSATING');
      expect(undoing.on(answer('c2', 'pay.undone'))).toBe('taken COMPENSATED');
    });

    it('undoes a late success whatever command it names: its own was forgotten, and a charge must not be (F24)', () => {
      const undone = written(run([start, cancel, reply('pay.undone')]).instance, true);
      expect(run([], undone).on(answer('c1', 'pay.done'))).toBe('taken COMPENSATING');
      expect(run([], undone).on(answer(undefined, 'pay.done'))).toBe('REPLY_WITHOUT_CAUSE COMPENSATED');
    });

    it('adds what that build has sent since this one wrote', () => {
      const { instance } = run([start, cancel]);
      const resent = instance.steps.map((state) => (state.name === 'pay' ? { ...state, commandId: 'c7' } : state));
      const row = { correlation_id: null, traceparent: null, failure: null, created_at: 0, updated_at: 0 };
      const read = fromRow({ ...instance, ...row, deadline_at: 1, steps: resent });
      expect(read.steps[0]?.asked.at(-1)).toEqual({ phase: 'compensation', commands: ['c2', 'c7'] });
    });
  });

  it('is never undone after the pivot, undoes one step at a time, and ends, whatever comes in which order', () => {
    const names = ['pay', 'book', 'ship', 'confirm'].flatMap((step) =>
      ['done', 'failed', 'undone', 'undo-failed'].map((answer) => reply(`${step}.${answer}`)),
    );
    const anyStep = fc.constantFrom(...names, { ...answer('c0', 'book.undone'), isRestored: true }, late, cancel);
    fc.assert(
      fc.property(fc.array(anyStep, { maxLength: 40 }), (inputs) => {
        const saga = run([start]);
        for (const input of inputs) {
          const passed = saga.transitions.includes('pivot-passed');
          const { instance, command } = saga.take(input);
          expect(instance.steps.filter(({ status }) => status === 'COMPENSATING').length).toBeLessThanOrEqual(1);
          if (passed && command) expect(command.phase).toBe('forward');
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
