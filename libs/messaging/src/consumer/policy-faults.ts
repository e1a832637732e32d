import { LONGEST_TIMER_MS, optionFaults } from '@waybill/observability';

import type { RegisteredHandler } from './registered-handler.js';

const RANGES = {
  immediateAttempts: [1, 100],
  delayedAttempts: [0, 10_000],
  baseDelayMs: [0, LONGEST_TIMER_MS],
  maxDelayMs: [0, LONGEST_TIMER_MS],
} as const;

/** Everything that is wrong with the handlers' retry policies. */
export function policyFaults(handlers: readonly RegisteredHandler[]): readonly string[] {
  return handlers.flatMap(({ definition, policy }) => {
    const retry = `${definition.name}: retry`;
    return [
      ...optionFaults(`${retry}.`, policy, RANGES),
      ...(policy.baseDelayMs > policy.maxDelayMs
        ? [`${retry}.baseDelayMs must be at most maxDelayMs (${policy.maxDelayMs}), got ${policy.baseDelayMs}`]
        : []),
    ];
  });
}
