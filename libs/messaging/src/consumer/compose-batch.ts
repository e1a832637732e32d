import type { Batch } from './batch.js';
import { decideFailure, DEFAULT_RETRY_POLICY, isMendable } from './decide-failure.js';
import { postpone } from './delivery.js';
import type { Delivery } from './delivery.js';
import type { Ready } from './handler-waves.js';
import type { Conclusion } from './outside-calls.js';
import type { RegisteredHandler } from './registered-handler.js';

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
 * Counts a failed attempt and decides what follows: another one in the lane, or the end. Nothing counts that is to be done by another
 * process, or while what the handler
 * calls is down, unless the failure is another's: of a handler with an outside call, only the call's is the dependency's.
 */
export function countFailure(delivery: Delivery, error: unknown, of: 'transaction' | 'call'): void {
  const { reading } = delivery.read;
  const handler = reading.kind === 'message' ? reading.handler : undefined;
  const decision = decideFailure(handler?.policy ?? DEFAULT_RETRY_POLICY, error, delivery.attempts + 1);
  if (handler?.callLimit?.isDown === true && isDependencys(handler, of) && isMendable(decision)) {
    postpone(delivery, error, handler.callLimit.putOffMs('failed'));
    return;
  }
  if (decision.kind === 'postpone') {
    postpone(delivery, error, decision.delayMs);
    return;
  }
  delivery.attempts += 1;
  if (of === 'transaction') delivery.alone = true;
  if (decision.kind !== 'retry-now') delivery.failure = { error, attempts: delivery.attempts, decision };
}

/** Of a handler with an outside call the call's failures are the dependency's; of another one all may be. */
export function isDependencys(handler: RegisteredHandler, of: 'transaction' | 'call'): boolean {
  return of === 'call' || handler.definition.kind !== 'outside-call';
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
