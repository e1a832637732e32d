import { backoffMs } from '@waybill/observability';

import type { HandlerTimedOut } from '../messaging.errors.js';
import type { FailureDecision, RetryPolicy } from '../ports.js';

/** A handler's retry policy together with the errors that no retry can fix, and those that only another process can. */
export interface FailurePolicy extends RetryPolicy {
  readonly nonRetryable?: (error: unknown) => boolean;
  readonly postponeMs?: (error: unknown) => number | undefined;
}

export const DEFAULT_RETRY_POLICY: RetryPolicy = {
  immediateAttempts: 3,
  delayedAttempts: 5,
  baseDelayMs: 1_000,
  maxDelayMs: 60_000,
};

/** Codes of the engine's own errors that trying again can't change. */
const NON_RETRYABLE_CODES = new Set([
  'INVALID_MESSAGE_DATA',
  'INVALID_MESSAGE_TIME',
  'KEY_MISMATCH',
  'MESSAGE_REFUSED',
  'NO_MESSAGE_TYPE',
  'PAYLOAD_CORRUPT',
  'PAYLOAD_MISSING',
  'PAYLOAD_UNREADABLE',
  'PAYLOAD_REFERENCE_UNUSABLE',
  'PAYLOAD_STORE_UNBOUND',
  'UNKNOWN_COMMAND',
  'UNKNOWN_SUBSCRIBER',
  'UNKNOWN_VERSION',
  'WRONG_SOURCE',
]);

const HANDLER_TIMED_OUT: HandlerTimedOut['code'] = 'HANDLER_TIMED_OUT';
const RETRIES_EXHAUSTED = 'RETRIES_EXHAUSTED';

/**
 * The one place that answers "retry or not". `attempts` = attempts made so far, the failed one included.
 * Delays grow exponentially up to the policy's bound, with up to a quarter of jitter taken off, so that messages that
 * failed together don't come back together. `random` gives 0 <= n < 1.
 */
export function decideFailure(
  policy: FailurePolicy,
  error: unknown,
  attempts: number,
  random: () => number = Math.random,
): FailureDecision {
  const code = codeOf(error);
  if (code !== undefined && NON_RETRYABLE_CODES.has(code)) return { kind: 'dead-letter', reason: code };
  if (policy.nonRetryable?.(error) === true) return { kind: 'dead-letter', reason: code ?? 'NON_RETRYABLE' };
  const delayMs = policy.postponeMs?.(error);
  if (delayMs !== undefined) return { kind: 'postpone', delayMs };
  // What keeps every lane still until its deadline isn't tried again in the lane.
  if (attempts < policy.immediateAttempts && code !== HANDLER_TIMED_OUT) return { kind: 'retry-now' };
  const delayed = Math.max(attempts - Math.max(policy.immediateAttempts, 1), 0);
  if (delayed >= policy.delayedAttempts) return { kind: 'dead-letter', reason: RETRIES_EXHAUSTED };
  const pauses = { baseMs: policy.baseDelayMs, maxMs: policy.maxDelayMs, jitter: 0.25 };
  return { kind: 'retry-later', delayMs: Math.round(backoffMs(delayed + 1, pauses, random)) };
}

/** Another attempt could have succeeded, were there any left: with its dependency down, the message isn't to blame. */
export function isMendable(decision: FailureDecision): boolean {
  return decision.kind !== 'dead-letter' || decision.reason === RETRIES_EXHAUSTED;
}

function codeOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}
