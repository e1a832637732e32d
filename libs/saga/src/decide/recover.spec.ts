import { defineSaga } from '../define-saga.js';
import { newSagaInstance } from '../new-saga-instance.js';
import type { SagaStep } from '../saga-definition.js';
import type { LeftAnswer, SagaInput } from '../saga-input.js';
import type { SagaInstance } from '../saga-instance.js';
import { trip, type Trip } from '../testing/trip.js';
import { decide } from './decide.js';

const definition = trip();
const left = (contract: string, data = {}): LeftAnswer => ({ contract, data, answers: `old ${contract}` });
const ALL = [left('pay.done'), left('book.done'), left('ship.done')];

function withoutUndoing(undoable: SagaStep<Trip>): SagaStep<Trip> {
  const { compensation: _, ...step } = undoable;
  return step;
}

function recovered(answers: readonly LeftAnswer[], by = definition) {
  const lost = newSagaInstance(by, { id: 'o1', data: {}, now: 0 });
  const given = { by: 'ada', reason: 'restored', now: 5, commandId: 'c0' };
  return decide(by, lost, { kind: 'recover', answers, ...given });
}

/** Takes the answers to each undoing, until nothing more is asked. */
function undone(from: ReturnType<typeof recovered>): {
  readonly asked: readonly string[];
  readonly last: SagaInstance;
} {
  const asked: string[] = [];
  let { instance, command } = from;
  while (command !== undefined) {
    asked.push(command.contract.name);
    const contract = command.contract.name.replace('.undo', '.undone');
    const given = { now: 6, commandId: `c${asked.length}`, answers: command.id };
    ({ instance, command } = decide(definition, instance, { kind: 'reply', contract, data: {}, ...given }));
  }
  return { asked, last: instance };
}

describe('a saga whose row was lost', () => {
  it('passes its pivot where every step before it was done: nothing of it is undone (F71)', () => {
    const { instance, command, transitions } = recovered([...ALL, left('confirm.done')]);
    expect(command?.contract.name).toBe('confirm.do');
    expect(instance).toMatchObject({ status: 'RUNNING', step: 'confirm', deadlineAt: 60_005 });
    expect(transitions[0]).toEqual({ kind: 'saga-recovered', by: 'ada', reason: 'restored', at: 5 });
    expect(transitions.map(({ kind }) => kind)).toContain('pivot-passed');
  });

  it.each<[string, readonly LeftAnswer[]]>([
    ['alone', [left('confirm.done')]],
    ['beside some of theirs', [left('pay.done'), left('book.done'), left('confirm.done')]],
    ['after attempts that failed', [left('pay.done'), left('ship.failed'), left('confirm.failed')]],
  ])('passes its pivot where an answer to it proves the steps before it, %s (F71)', (_, answers) => {
    const { instance, command, transitions } = recovered(answers);
    expect(command?.contract.name).toBe('confirm.do');
    expect(instance).toMatchObject({ status: 'RUNNING', step: 'confirm' });
    expect(instance.steps.map(({ status }) => status)).toEqual(['DONE', 'DONE', 'DONE', 'RUNNING']);
    expect(transitions.map(({ kind }) => kind)).toContain('pivot-passed');
  });

  it('has reached its pivot where an answer to a step behind it is left (F71)', () => {
    const [pay, , ship, confirm] = definition.steps;
    if (!pay || !ship || !confirm) throw new Error('a step is missing');
    const behind = defineSaga('trip', 2, { steps: [pay, confirm, withoutUndoing(ship)] });
    const decision = recovered([left('ship.done')], behind);
    expect(decision.command?.contract.name).toBe('confirm.do');
    expect(decision.instance).toMatchObject({ status: 'RUNNING', step: 'confirm' });
    const first = recovered([left('confirm.done')], defineSaga('trip', 3, { steps: [confirm, withoutUndoing(ship)] }));
    expect(first.command?.contract.name).toBe('confirm.do');
  });

  it.each<[string, readonly LeftAnswer[]]>([
    ['nothing is known', []],
    [
      'its pivot was answered, and a step undone since, which contradict each other',
      [left('confirm.done'), left('ship.undone')],
    ],
    ['one step was done', [left('pay.done')]],
    ['a step in the middle is not told of', [left('pay.done'), left('ship.done')]],
    ['a step failed', [left('pay.done'), left('book.failed')]],
    ['all were done, and one of them undone since', [...ALL, left('ship.undone')]],
    ['all were done, and undoing one of them was refused', [...ALL, left('ship.undo-failed')]],
    ['all were done, but one not as it was asked for', [left('pay.done', { unasked: 'yes' }), ...ALL.slice(1)]],
  ])('undoes every step, whether told of or not, last one first, where %s (F71)', (_, answers) => {
    const decision = recovered(answers);
    expect(decision.instance).toMatchObject({ status: 'COMPENSATING', failure: { code: 'RECORD_LOST' } });
    const { asked, last } = undone(decision);
    expect(asked).toEqual(['ship.undo', 'book.undo', 'pay.undo']);
    expect(last).toMatchObject({ status: 'COMPENSATED', deadlineAt: null });
  });

  it('undoes a success that comes after all, whatever command it names', () => {
    const { last } = undone(recovered([left('pay.done')]));
    const late: SagaInput = {
      kind: 'reply',
      contract: 'book.done',
      data: {},
      answers: 'lost',
      now: 9,
      commandId: 'c9',
    };
    expect(decide(definition, last, late)).toMatchObject({
      verdict: 'taken',
      command: { contract: { name: 'book.undo' } },
    });
  });

  it('takes no offence at a success of a step whose undoing is still to come', () => {
    const { instance } = recovered([]);
    const late: SagaInput = { kind: 'reply', contract: 'pay.done', data: {}, answers: 'lost', now: 9, commandId: 'c9' };
    const decision = decide(definition, instance, late);
    expect(decision).toMatchObject({ verdict: 'ignored' });
    expect(decision.fault).toBeUndefined();
  });

  it('is recovered once', () => {
    const { instance } = recovered(ALL);
    const again = { answers: ALL, by: 'ada', reason: 'again', now: 9, commandId: 'c9' };
    expect(decide(definition, instance, { kind: 'recover', ...again })).toMatchObject({ verdict: 'ignored' });
  });
});
