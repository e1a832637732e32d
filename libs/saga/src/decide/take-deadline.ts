import type { SagaDecision } from '../saga-transition.js';
import { retryCompensation } from './compensate.js';
import type { Draft } from './draft.js';
import { resendStep, timeOutStep } from './run-steps.js';
import { compensationDeadlineMsOf, deadlineMsOf } from './timing.js';

/**
 * The deadline has passed. It counts from the publication of the awaited command: while that is still in the outbox, the
 * receiver can't have failed to answer, and the deadline moves on.
 */
export function takeDeadline<Data>(draft: Draft<Data>, published: boolean): SagaDecision<Data> {
  const step = draft.current;
  if (!step || draft.deadlineAt === null || draft.deadlineAt > draft.now) return draft.ignored();
  const { status, awaiting } = draft.state(step);
  const undoing = status === 'COMPENSATING';
  if (awaiting === 'reply' && !published) {
    const allowedMs = undoing ? compensationDeadlineMsOf(draft.definition, step) : deadlineMsOf(draft.definition, step);
    const deadlineAt = draft.now + allowedMs;
    draft.deadlineAt = deadlineAt;
    draft.note({ kind: 'deadline-postponed', step: step.name, deadlineAt });
    return draft.taken();
  }
  if (undoing) retryCompensation(draft, step);
  else if (draft.pivotPassed) resendStep(draft, step);
  else timeOutStep(draft, step);
  return draft.taken();
}
