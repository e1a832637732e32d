import type { SagaDefinition } from '../saga-definition.js';
import type { SagaInput } from '../saga-input.js';
import type { SagaInstance } from '../saga-instance.js';
import type { SagaDecision } from '../saga-transition.js';
import { turnRound } from './compensate.js';
import { Draft } from './draft.js';
import { operate } from './operate.js';
import { recover } from './recover.js';
import { startStep } from './run-steps.js';
import { takeDeadline } from './take-deadline.js';
import { takeReply } from './take-reply.js';

/**
 * Decides what an input does to a saga: the new state, the commands it causes, what happened. Pure: no clock, no
 * randomness, nothing is changed in place. The caller commits the state and the commands together.
 *
 * Forward: steps run one after another; each waits for an answer until its deadline. A refusal, a missed deadline or a
 * cancellation before the pivot turns the saga round: steps that took effect, and those that may have (no answer yet),
 * are undone in reverse order, one at a time, each retried. From the pivot on, commands are only repeated.
 */
export function decide<Data>(
  definition: SagaDefinition<Data>,
  instance: SagaInstance<Data>,
  input: SagaInput,
): SagaDecision<Data> {
  const draft = new Draft(definition, instance, input.now, input.commandId);
  switch (input.kind) {
    case 'start':
      return start(draft);
    case 'reply':
      return takeReply(draft, input);
    case 'deadline':
      return takeDeadline(draft, input);
    case 'recover':
      return recover(draft, input);
    case 'cancel':
      return cancel(draft, input.reason);
    case 'operate':
      break;
  }
  return operate(draft, input);
}

function start<Data>(draft: Draft<Data>): SagaDecision<Data> {
  const [first] = draft.definition.steps;
  if (!first || draft.steps.some(({ status }) => status !== 'PENDING')) return draft.ignored();
  draft.note({ kind: 'saga-started' });
  startStep(draft, first);
  return draft.taken();
}

/** Cancelling what is being undone already changes nothing; what has passed the pivot can't be cancelled any more. */
function cancel<Data>(draft: Draft<Data>, reason: string): SagaDecision<Data> {
  if (draft.status === 'COMPLETED' || draft.pivotPassed) return draft.refused();
  const step = draft.current;
  if (draft.status !== 'RUNNING' || !step) return draft.ignored();
  turnRound(draft, { step: step.name, code: 'CANCELLED', message: reason });
  return draft.taken();
}
