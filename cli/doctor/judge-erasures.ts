import type { ServiceName } from '@waybill/contracts';

import type { Erasure } from '../api/erasures.js';
import { counted, duration, secondsSince } from '../output/age.js';
import { type Finding, THRESHOLDS } from './finding.js';

/** Erasures that not all have confirmed within an hour: a customer's data is still somewhere. */
export function judgeErasures(service: ServiceName, erasures: readonly Erasure[], nowMs: number): readonly Finding[] {
  const late = erasures.filter(
    ({ requestedAt, pending: { payment, shipping, payloads } }) =>
      payment + shipping + payloads > 0 && secondsSince(requestedAt, nowMs) >= THRESHOLDS.erasureSeconds,
  );
  if (late.length === 0) return [];
  const oldest = Math.max(...late.map(({ requestedAt }) => secondsSince(requestedAt, nowMs)));
  const places = (['payment', 'shipping', 'payloads'] as const)
    .map((place) => [place, late.reduce((sum, { pending }) => sum + pending[place], 0)] as const)
    .filter(([, orders]) => orders > 0)
    .map(([place, orders]) => `${place} ${counted(orders, 'order')}`);
  const what = `${counted(late.length, 'erasure')} not confirmed for up to ${duration(oldest)}: ${places.join(', ')}`;
  const todo =
    'A service confirms by itself once it runs and no letter of the orders is dead or parked there: replay or discard those. Payloads: is their store there?';
  return [{ service, code: 'ERASURE_PENDING', what, todo, command: 'customers erasures' }];
}
