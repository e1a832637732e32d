import { backoffMs } from '@waybill/observability';

import type { SagaDefinition, SagaStep } from '../saga-definition.js';

export function deadlineMsOf<Data>(definition: SagaDefinition<Data>, step: SagaStep<Data>): number {
  return step.deadlineMs ?? definition.deadlineMs;
}

export function compensationDeadlineMsOf<Data>(definition: SagaDefinition<Data>, step: SagaStep<Data>): number {
  return step.compensation?.deadlineMs ?? deadlineMsOf(definition, step);
}

/** Doubles with each attempt, up to the deadline. No jitter: deciding is pure, and the answers that cause it come spread. */
export function pauseBeforeRetry<Data>(definition: SagaDefinition<Data>, attempts: number, deadlineMs: number): number {
  return backoffMs(attempts, { baseMs: definition.retryDelayMs, maxMs: deadlineMs, jitter: 0 });
}
