import { DEFAULT_COMPENSATION_ATTEMPTS, type SagaCompensation, type SagaStep } from '../saga-definition.js';
import type { SagaFailure, StepError } from '../saga-instance.js';
import type { Draft } from './draft.js';
import { compensationDeadlineMsOf, pauseBeforeRetry } from './timing.js';

/** Stops going forward and starts undoing. */
export function turnRound<Data>(draft: Draft<Data>, failure: SagaFailure): void {
  draft.failure = failure;
  draft.status = 'COMPENSATING';
  draft.note({ kind: 'compensation-started', failure });
  compensateNext(draft);
}

/**
 * Undoes the last step that took effect or may have (DONE, or RUNNING with no answer), unless one is being undone
 * already: reverse order, one at a time. With none left, the saga is compensated.
 */
export function compensateNext<Data>(draft: Draft<Data>): void {
  const { steps } = draft.definition;
  if (draft.current && draft.state(draft.current).status === 'COMPENSATING') return;
  if (draft.steps.some(({ status, skipped }) => status === 'COMPENSATION_FAILED' && !skipped)) return;
  for (const step of [...steps].reverse()) {
    const { status } = draft.state(step);
    if (status !== 'DONE' && status !== 'RUNNING') continue;
    if (step.compensation) return startCompensation(draft, step, step.compensation);
    if (status === 'RUNNING') draft.change(step, { status: 'FAILED', endedAt: draft.now, awaiting: null });
  }
  draft.status = 'COMPENSATED';
  draft.deadlineAt = null;
  draft.note({ kind: 'saga-compensated' });
}

/** The step's effect is gone: on to the one before it. */
export function completeCompensation<Data>(draft: Draft<Data>, step: SagaStep<Data>): void {
  draft.change(step, { status: 'COMPENSATED', endedAt: draft.now, awaiting: null });
  draft.note({ kind: 'step-compensated', step: step.name });
  draft.status = 'COMPENSATING';
  compensateNext(draft);
}

/** The attempt was refused: the next one comes after a pause, or the saga waits for a person. */
export function refuseCompensation<Data>(draft: Draft<Data>, step: SagaStep<Data>, error: StepError): void {
  const { attempts } = draft.state(step);
  if (attempts >= maxAttempts(step)) return giveUp(draft, step, error);
  draft.change(step, { error, awaiting: 'retry' });
  draft.note({ kind: 'attempt-failed', step: step.name, error, attempts });
  const deadlineMs = compensationDeadlineMsOf(draft.definition, step);
  draft.deadlineAt = draft.now + pauseBeforeRetry(draft.definition, attempts, deadlineMs);
}

/** The pause is over, or nobody answered: send the compensation again while attempts are left. */
export function retryCompensation<Data>(draft: Draft<Data>, step: SagaStep<Data>): void {
  const { attempts, awaiting } = draft.state(step);
  if (awaiting === 'reply' && attempts >= maxAttempts(step)) {
    const deadlineMs = compensationDeadlineMsOf(draft.definition, step);
    const message = `No answer to the compensation of ${step.name} within ${deadlineMs} ms, ${attempts} times`;
    return giveUp(draft, step, { code: 'COMPENSATION_TIMED_OUT', message });
  }
  resendCompensation(draft, step, attempts + 1);
}

/** Sends the compensation again, whatever the number of attempts. */
export function resendCompensation<Data>(draft: Draft<Data>, step: SagaStep<Data>, attempts: number): void {
  if (!step.compensation) return;
  draft.status = 'COMPENSATING';
  draft.change(step, { status: 'COMPENSATING', attempts, endedAt: null, awaiting: 'reply' });
  const command = draft.send(step, 'compensation', 'repeat', step.compensation.command(draft.data));
  draft.deadlineAt = draft.now + compensationDeadlineMsOf(draft.definition, step);
  draft.note({ kind: 'command-resent', step: step.name, command, attempts });
}

function startCompensation<Data>(draft: Draft<Data>, step: SagaStep<Data>, compensation: SagaCompensation<Data>): void {
  draft.change(step, { status: 'COMPENSATING', attempts: 1, endedAt: null, awaiting: 'reply' });
  const command = draft.send(step, 'compensation', 'ask', compensation.command(draft.data));
  draft.deadlineAt = draft.now + compensationDeadlineMsOf(draft.definition, step);
  draft.note({ kind: 'step-compensating', step: step.name, command, attempts: 1 });
}

function giveUp<Data>(draft: Draft<Data>, step: SagaStep<Data>, error: StepError): void {
  draft.change(step, { status: 'COMPENSATION_FAILED', endedAt: draft.now, error, awaiting: null });
  draft.status = 'COMPENSATION_FAILED';
  draft.deadlineAt = null;
  draft.note({ kind: 'step-compensation-failed', step: step.name, error });
  draft.note({ kind: 'saga-compensation-failed', step: step.name, error });
}

function maxAttempts<Data>(step: SagaStep<Data>): number {
  return step.compensation?.maxAttempts ?? DEFAULT_COMPENSATION_ATTEMPTS;
}
