import { backoffMs } from '@waybill/observability';

import type { SagaDefinition, SagaStep } from '../saga-definition.js';

export function deadlineMsOf<Data>(definition: SagaDefinition<Data>, step: SagaStep<Data>): number {
  return step.deadlineMs ?? definition.deadlineMs;
}

export function compensationDeadlineMsOf<Data>(definition: SagaDefinition<Data>, step: SagaStep<Data>): number {
  return step.compensation?.deadlineMs ?? deadlineMsOf(definition, step);
}

/** Longest pause between two attempts of a step that is only repeated, unless its deadline is longer. */
const MOST_BETWEEN_MS = 3_600_000;
/** So many of its attempts get the deadline each, before the pauses grow. */
const EVEN_ATTEMPTS = 3;

/**
 * How long an attempt may go unanswered before the next one, from the pivot on: nothing ends the repeating but an answer, and each
 * attempt is a message, a row in the outbox and one on the timeline.
 */
export function repeatAfterMs<Data>(definition: SagaDefinition<Data>, step: SagaStep<Data>, attempts: number): number {
  const baseMs = deadlineMsOf(definition, step);
  const doublings = Math.max(attempts - EVEN_ATTEMPTS, 0);
  return backoffMs(doublings + 1, { baseMs, maxMs: mostBetweenMs(baseMs), jitter: 0 });
}

export function mostBetweenMs(deadlineMs: number): number {
  return Math.max(deadlineMs, MOST_BETWEEN_MS);
}

/** Doubles with each attempt, up to `mostMs`. No jitter: deciding is pure, and the answers that cause it come spread. */
export function pauseBeforeRetry<Data>(definition: SagaDefinition<Data>, attempts: number, mostMs: number): number {
  return backoffMs(attempts, { baseMs: definition.retryDelayMs, maxMs: mostMs, jitter: 0 });
}
