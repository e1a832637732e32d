import { newSagaInstance } from '../new-saga-instance.js';
import type { SagaInput } from '../saga-input.js';
import type { SagaInstance } from '../saga-instance.js';
import { trip } from '../testing/trip.js';
import { decide } from './decide.js';

const definition = trip();

/** A saga as the copy has it: what it has asked was `c1`, `c2`, …, and all but the last was answered. */
function copyOf(...answered: readonly string[]) {
  let instance: SagaInstance = newSagaInstance(definition, { id: 'o1', data: {}, now: 0 });
  const commands: string[] = [];
  const take = (input: (commandId: string) => SagaInput): string => {
    const decision = decide(definition, instance, input(`c${commands.length + 1}`));
    ({ instance } = decision);
    if (decision.command) commands.push(decision.command.contract.name);
    return `${decision.fault ?? decision.verdict} ${instance.status}`;
  };
  const answer = (contract: string, answers: string | undefined, isRestored: boolean): string =>
    take((commandId) => ({ kind: 'reply', contract, data: {}, answers, isRestored, now: 9, commandId }));
  take((commandId) => ({ kind: 'start', now: 0, commandId }));
  for (const contract of answered) answer(contract, `c${commands.length}`, false);
  return {
    /** The answer to the last command. */
    on: (contract: string) => answer(contract, `c${commands.length}`, true),
    /** The answer to a command that was sent after the copy was made. */
    onForgotten: (contract: string) => answer(contract, 'c0', true),
    /** The same, where nobody knows of a restored database. */
    onUnknown: (contract: string) => answer(contract, 'c0', false),
    commands,
    get instance() {
      return instance;
    },
  };
}

describe('a saga whose row is an older copy, and which was undone since (F71)', () => {
  it.each<[string, readonly string[], string, string]>([
    ['that had been done', ['pay.done'], 'pay.undone', 'book'],
    ['that is waited for', [], 'pay.undone', 'pay'],
    ['that had not begun', [], 'ship.undone', 'pay'],
    ['that could not be undone', ['pay.done'], 'pay.undo-failed', 'book'],
  ])('is undone again, every step of it, by the answer to the undoing of a step %s', (_, answered, contract, step) => {
    const saga = copyOf(...answered);
    expect(saga.onForgotten(contract)).toBe('taken COMPENSATING');
    expect(saga.instance).toMatchObject({ step: 'ship', failure: { code: 'RECORD_LOST', step } });
    for (const undone of ['ship.undone', 'book.undone', 'pay.undone']) expect(saga.on(undone)).toMatch('taken');
    expect(saga.commands.slice(-3)).toEqual(['ship.undo', 'book.undo', 'pay.undo']);
    expect(saga.instance).toMatchObject({ status: 'COMPENSATED', deadlineAt: null });
  });

  it('undoes a step that had not begun, should its success still come', () => {
    const saga = copyOf();
    saga.onForgotten('pay.undone');
    for (const undone of ['ship.undone', 'book.undone', 'pay.undone']) saga.on(undone);
    expect(saga.onForgotten('ship.done')).toBe('taken COMPENSATING');
    expect(saga.commands.at(-1)).toBe('ship.undo');
  });

  it('is not moved by such an answer once it has passed its pivot, nor by any other one (F63)', () => {
    const passed = copyOf('pay.done', 'book.done', 'ship.done');
    expect(passed.onForgotten('pay.undone')).toBe('REPLY_TO_UNKNOWN_COMMAND RUNNING');
    for (const contract of ['pay.done', 'pay.failed', 'book.done', 'confirm.done']) {
      expect(copyOf().onForgotten(contract)).toBe('REPLY_TO_UNKNOWN_COMMAND RUNNING');
    }
  });

  it('is not moved by it where the row can not be older: its database was not restored (F63)', () => {
    expect(copyOf().onUnknown('pay.undone')).toBe('REPLY_TO_UNKNOWN_COMMAND RUNNING');
  });
});
