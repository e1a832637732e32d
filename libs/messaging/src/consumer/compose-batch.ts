import type { Batch } from './batch-runner.js';
import { decideFailure, DEFAULT_RETRY_POLICY, isMendable } from './decide-failure.js';
import type { Delivery } from './delivery.js';
import type { Ready } from './handler-waves.js';
import { circuitKeyOf } from './key-id.js';
import type { Conclusion } from './outside-calls.js';

export interface ComposedBatch {
  readonly batch: Batch;
  /** To come back in a later batch: the key's fate is decided in this one. */
  readonly deferred: readonly Delivery[];
}

/** Sorts what was taken by what is to be done with it. Later messages of a key that fails in this batch are deferred. */
export function composeBatch(taken: readonly Delivery[], conclusions: readonly Conclusion[]): ComposedBatch {
  const [ready, toPrepare]: [Ready[], Ready[]] = [[], []];
  const failed: Delivery[] = [];
  const deferred: Delivery[] = [];
  const failing = new Set<string>();
  for (const delivery of taken) {
    const { reading } = delivery.read;
    if (delivery.keyId !== undefined && failing.has(delivery.keyId)) {
      deferred.push(delivery);
    } else if (reading.kind === 'message' && delivery.failure === undefined) {
      const message = attemptOf(delivery, reading.message);
      const item = { delivery, handler: reading.handler, message, keyId: delivery.keyId };
      (reading.handler.definition.kind === 'outside-call' ? toPrepare : ready).push(item);
    } else {
      if (reading.kind === 'unreadable') delivery.failure ??= unreadableFailure(reading.error);
      failed.push(delivery);
      if (delivery.keyId !== undefined) failing.add(delivery.keyId);
    }
  }
  return { batch: { ready, toPrepare, conclusions, failed }, deferred };
}

/** Whether taking this delivery holds its key: until its payload is fetched, or its outside call is concluded. */
export function holdsKey({ read, failure }: Delivery): boolean {
  const { reading } = read;
  if (reading.kind === 'by-reference') return true;
  return reading.kind === 'message' && failure === undefined && reading.handler.definition.kind === 'outside-call';
}

/** The suspects and, of their keys, everything later: what has to leave the batch, in its order. */
export function suspectsAndFollowers(taken: readonly Delivery[], suspects: ReadonlySet<Delivery>): Set<Delivery> {
  const leaving = new Set<Delivery>();
  const keys = new Set<string>();
  for (const delivery of taken) {
    const { keyId } = delivery;
    if (!suspects.has(delivery) && (keyId === undefined || !keys.has(keyId))) continue;
    leaving.add(delivery);
    if (keyId !== undefined) keys.add(keyId);
  }
  return leaving;
}

/**
 * Counts a failed attempt and decides what follows: another one in the lane, by itself, or the end. While the handler's
 * circuit isn't closed only the probe's attempt counts, and nothing ends as a dead letter for want of attempts.
 */
export function countFailure(delivery: Delivery, error: unknown): void {
  const { reading } = delivery.read;
  const { policy, circuit } = reading.kind === 'message' ? reading.handler : { policy: DEFAULT_RETRY_POLICY };
  let decision = decideFailure(policy, error, delivery.attempts + 1);
  if (circuit && circuit.state !== 'closed' && isMendable(decision)) {
    if (!circuit.isProbe(circuitKeyOf(delivery.record))) return;
    if (decision.kind === 'dead-letter') decision = { kind: 'retry-later', delayMs: circuit.retryAfterMs };
  }
  delivery.attempts += 1;
  delivery.alone = true;
  if (decision.kind !== 'retry-now') delivery.failure = { error, attempts: delivery.attempts, decision };
}

/** Nothing ran but the recording of failures; blaming the messages again would spin. */
export function isRecordOfFailures(taken: readonly Delivery[], conclusions: readonly Conclusion[]): boolean {
  return conclusions.length === 0 && taken.every(({ failure }) => failure !== undefined);
}

function unreadableFailure(error: Error): Delivery['failure'] {
  return { error, attempts: 1, decision: decideFailure(DEFAULT_RETRY_POLICY, error, 1) };
}

function attemptOf(delivery: Delivery, message: Ready['message']): Ready['message'] {
  return delivery.attempts === 0 ? message : { ...message, attempt: delivery.attempts + 1 };
}
