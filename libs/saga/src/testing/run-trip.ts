import { decide } from '../decide/decide.js';
import { newSagaInstance } from '../new-saga-instance.js';
import type { OperatorAction, SagaInput } from '../saga-input.js';
import type { SagaInstance } from '../saga-instance.js';
import { trip } from './trip.js';

type Step =
  | { readonly kind: 'reply'; readonly contract: string; readonly answers: string | undefined; readonly data: object }
  | { readonly kind: 'last'; readonly contract: string }
  | { readonly kind: 'operate'; readonly action: OperatorAction }
  | { readonly kind: 'start' | 'late' | 'cancel' };

export const definition = trip();
/** An answer to the command `c1`, `c2`, … */
export const answer = (answers: string | undefined, contract: string, data = {}): Step => ({
  kind: 'reply',
  contract,
  data,
  answers,
});
/** An answer to the last command of its kind. */
export const reply = (contract: string): Step => ({ kind: 'last', contract });
export const start: Step = { kind: 'start' };
export const late: Step = { kind: 'late' };
export const cancel: Step = { kind: 'cancel' };

export const operate = (action: OperatorAction): Step => ({ kind: 'operate', action });

export const newTrip = (): SagaInstance => newSagaInstance(definition, { id: 'o1', data: {}, now: 0 });

/** Commands are `c1`, `c2`, … in the order in which they are sent. */
export function run(inputs: readonly Step[], before: SagaInstance = newTrip(), by = definition) {
  let instance = before;
  const sent: string[] = [];
  const commands: string[] = [];
  const transitions: string[] = [];
  let verdict = '';
  const toInput = (step: Step): SagaInput => {
    const { deadlineAt, updatedAt: now } = instance;
    const commandId = `c${sent.length + 1}`;
    if (step.kind === 'reply') return { ...step, now, commandId };
    if (step.kind === 'last') {
      const [name, outcome = ''] = step.contract.split('.');
      const asked = `${name}.${outcome.startsWith('und') ? 'undo' : 'do'}`;
      const answers = sent.findLast((one) => one.endsWith(` ${asked}`))?.split(' ')[0];
      return { kind: 'reply', contract: step.contract, data: {}, answers, now, commandId };
    }
    if (step.kind === 'late') return { kind: 'deadline', now: deadlineAt ?? now, published: true, commandId };
    if (step.kind === 'operate') return { ...step, by: 'ann', reason: 'called the bank', now, commandId };
    if (step.kind === 'cancel') return { kind: 'cancel', now, reason: 'changed my mind', commandId };
    return { kind: 'start', now, commandId };
  };
  const take = (step: Step) => {
    const decision = decide(by, instance, toInput(step));
    ({ instance, verdict } = decision);
    const { command } = decision;
    if (command) {
      commands.push(command.contract.name);
      sent.push(`${command.id} ${command.contract.name}`);
    }
    transitions.push(...decision.transitions.map(({ kind }) => kind));
    return decision;
  };
  inputs.forEach(take);
  return {
    take,
    /** What became of an input, in short. */
    on(step: Step) {
      const { verdict: said, fault } = take(step);
      return `${fault ?? said} ${instance.status}`;
    },
    commands,
    sent,
    transitions,
    get verdict() {
      return verdict;
    },
    get instance() {
      return instance;
    },
  };
}

export const forward = [start, reply('pay.done'), reply('book.done'), reply('ship.done')];
