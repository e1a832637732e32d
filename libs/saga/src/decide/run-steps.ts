import type { SagaStep } from '../saga-definition.js';
import type { StepError } from '../saga-instance.js';
import { turnRound } from './compensate.js';
import type { Draft } from './draft.js';
import { deadlineMsOf, mostBetweenMs, pauseBeforeRetry, repeatAfterMs } from './timing.js';

/** Sends the step's command. In the same decision as whatever let it start: both commit together. */
export function startStep<Data>(draft: Draft<Data>, step: SagaStep<Data>): void {
  if (step.pivot) draft.note({ kind: 'pivot-passed', step: step.name });
  draft.change(step, { status: 'RUNNING', attempts: 1, startedAt: draft.now, awaiting: 'reply' });
  const command = draft.send(step, 'forward', 'ask', step.command(draft.data));
  draft.deadlineAt = draft.now + deadlineMsOf(draft.definition, step);
  draft.note({ kind: 'step-started', step: step.name, command, attempts: 1 });
}

/** The step's effect is in place: on to the next one, or the saga is complete. */
export function completeStep<Data>(draft: Draft<Data>, step: SagaStep<Data>): void {
  draft.change(step, { status: 'DONE', endedAt: draft.now, awaiting: null });
  draft.note({ kind: 'step-done', step: step.name });
  const next = draft.definition.steps[draft.definition.steps.indexOf(step) + 1];
  if (next) return startStep(draft, next);
  draft.status = 'COMPLETED';
  draft.deadlineAt = null;
  draft.note({ kind: 'saga-completed' });
}

/** The step was refused. Before the pivot the saga turns round; after it, the command is sent again after a pause. */
export function refuseStep<Data>(draft: Draft<Data>, step: SagaStep<Data>, error: StepError): void {
  if (draft.pivotPassed) {
    const { attempts } = draft.state(step);
    draft.change(step, { error, awaiting: 'retry' });
    draft.note({ kind: 'attempt-failed', step: step.name, error, attempts });
    const mostMs = mostBetweenMs(deadlineMsOf(draft.definition, step));
    draft.deadlineAt = draft.now + pauseBeforeRetry(draft.definition, attempts, mostMs);
    return;
  }
  draft.change(step, { status: 'FAILED', endedAt: draft.now, error, awaiting: null });
  draft.note({ kind: 'step-failed', step: step.name, error });
  turnRound(draft, { step: step.name, ...error });
}

/** Nobody answered in time: the effect may be in place or not, so the step is undone like a completed one. */
export function timeOutStep<Data>(draft: Draft<Data>, step: SagaStep<Data>): void {
  const error = {
    code: 'STEP_TIMED_OUT',
    message: `No answer to ${step.name} within ${deadlineMsOf(draft.definition, step)} ms`,
  };
  draft.change(step, { error });
  draft.note({ kind: 'step-failed', step: step.name, error });
  turnRound(draft, { step: step.name, ...error });
}

/** Sends the command of a running step once more. From the pivot on, ever less often the more attempts there were. */
export function resendStep<Data>(
  draft: Draft<Data>,
  step: SagaStep<Data>,
  attempts = draft.state(step).attempts + 1,
): void {
  draft.change(step, { attempts, awaiting: 'reply' });
  const command = draft.send(step, 'forward', 'repeat', step.command(draft.data));
  const { definition } = draft;
  draft.deadlineAt =
    draft.now + (draft.pivotPassed ? repeatAfterMs(definition, step, attempts) : deadlineMsOf(definition, step));
  draft.note({ kind: 'command-resent', step: step.name, command, attempts });
}
