import type { SagaInput } from '../saga-input.js';
import type { SagaDecision } from '../saga-transition.js';
import { refuseCompensation, retryCompensation } from './compensate.js';
import type { Draft } from './draft.js';
import { refuseStep, resendStep, timeOutStep } from './run-steps.js';
import { compensationDeadlineMsOf, deadlineMsOf } from './timing.js';

type DeadlineInput = Extract<SagaInput, { kind: 'deadline' }>;

/**
 * The deadline has passed. It counts from the publication of the awaited command: while that is still in the outbox, the
 * receiver can't have failed to answer, and the deadline moves on, which is told once. A command that the broker refuses for good never took effect:
 * its step has failed; should an operator send it after all, its success comes late and is undone. Where the broker has lost answers
 * since the command was sent, silence says nothing, and the command is repeated once before anything is undone.
 */
export function takeDeadline<Data>(
  draft: Draft<Data>,
  { published, refused, lostAt = -Infinity }: Pick<DeadlineInput, 'published' | 'refused' | 'lostAt'>,
): SagaDecision<Data> {
  const step = draft.current;
  if (!step || draft.deadlineAt === null || draft.deadlineAt > draft.now) return draft.ignored();
  const { status, awaiting, postponed } = draft.state(step);
  const undoing = status === 'COMPENSATING';
  if (awaiting === 'reply' && refused !== undefined && !draft.pivotPassed) {
    const error = { code: 'COMMAND_REFUSED', message: `The broker refuses the command for good: ${refused}` };
    if (undoing) refuseCompensation(draft, step, error);
    else refuseStep(draft, step, error);
    return draft.taken();
  }
  const allowedMs = undoing ? compensationDeadlineMsOf(draft.definition, step) : deadlineMsOf(draft.definition, step);
  if (awaiting === 'reply' && !published) {
    const deadlineAt = draft.now + allowedMs;
    draft.deadlineAt = deadlineAt;
    if (!postponed) {
      draft.change(step, { postponed: true });
      draft.note({ kind: 'deadline-postponed', step: step.name, deadlineAt });
    }
    return draft.taken();
  }
  if (undoing) retryCompensation(draft, step);
  else if (draft.pivotPassed || lostAt > draft.deadlineAt - allowedMs) resendStep(draft, step);
  else timeOutStep(draft, step);
  return draft.taken();
}
