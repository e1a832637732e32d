import type { OperatorAction } from '../saga-input.js';
import type { SagaDecision } from '../saga-transition.js';
import { compensateNext, completeCompensation, resendCompensation } from './compensate.js';
import type { Draft } from './draft.js';
import { completeStep, resendStep } from './run-steps.js';

interface Operation {
  readonly action: OperatorAction;
  readonly by: string;
  readonly reason: string;
}

/**
 * What a person decides about a saga that is stuck.
 * - retry: the awaited command is sent again, with all its attempts again.
 * - skip: the step's effect is left in place (the loss is accepted); the other steps are undone.
 * - force: the person vouches that it is done (undone by hand, or, after the pivot, done by hand); the saga continues.
 *
 * What was skipped, or forced as undone, is settled: no answer that comes later makes the saga undo it.
 */
export function operate<Data>(draft: Draft<Data>, { action, by, reason }: Operation): SagaDecision<Data> {
  const stuck = draft.definition.steps.find((step) => {
    const { status, skipped } = draft.state(step);
    return status === 'COMPENSATION_FAILED' && !skipped;
  });
  const step = draft.current ?? stuck;
  if (!step) return draft.refused();
  const { status, attempts } = draft.state(step);
  const undoing = status !== 'RUNNING';
  if (!undoing && action !== 'retry' && !(action === 'force' && draft.pivotPassed)) return draft.refused();
  draft.note({ kind: 'operated', step: step.name, action, by, reason });
  switch (action) {
    case 'retry':
      if (undoing) resendCompensation(draft, step, 1);
      else resendStep(draft, step, 1);
      break;
    case 'force':
      if (!undoing) completeStep(draft, step);
      else {
        draft.change(step, { forced: true });
        completeCompensation(draft, step);
      }
      break;
    case 'skip':
      draft.change(step, {
        status: 'COMPENSATION_FAILED',
        attempts,
        endedAt: draft.now,
        awaiting: null,
        skipped: true,
      });
      draft.status = 'COMPENSATING';
      compensateNext(draft);
      break;
  }
  return draft.taken();
}
