import { inspect } from 'node:util';

import type { RegisteredHandler } from './registered-handler.js';

/** Which values an option may have, both ends included. */
export interface NumberRange {
  readonly min: number;
  readonly max: number;
}

/** 24 days in milliseconds; beyond that a timer would fire at once. */
export const LONGEST_MS = 2 ** 31 - 1;

const RETRY_RANGES: Readonly<Record<string, NumberRange>> = {
  immediateAttempts: { min: 1, max: 100 },
  delayedAttempts: { min: 0, max: 10_000 },
  baseDelayMs: { min: 0, max: LONGEST_MS },
  maxDelayMs: { min: 0, max: LONGEST_MS },
};

/** One sentence for each number of the owner's options that can't be used; what isn't given isn't wrong. */
export function rangeFaults(
  owner: string,
  options: object,
  ranges: Readonly<Record<string, NumberRange>>,
): readonly string[] {
  const given = new Map<string, unknown>(Object.entries(options));
  return Object.entries(ranges).flatMap(([name, { min, max }]) => {
    const value = given.get(name);
    if (value === undefined) return [];
    const fits = typeof value === 'number' && value >= min && value <= max && Number.isInteger(value);
    return fits ? [] : [`${owner}.${name} is ${inspect(value)}; use a whole number from ${min} to ${max}`];
  });
}

/** Everything that is wrong with the handlers' retry policies. */
export function policyFaults(handlers: readonly RegisteredHandler[]): readonly string[] {
  return handlers.flatMap(({ definition, policy }) => {
    const retry = `${definition.name}: retry`;
    return [
      ...rangeFaults(retry, policy, RETRY_RANGES),
      ...(policy.baseDelayMs > policy.maxDelayMs ? [`${retry}.baseDelayMs is above maxDelayMs; lower it`] : []),
    ];
  });
}
