import { inspect } from 'node:util';

import type { RegisteredHandler } from './registered-handler.js';

/** Which values an option may have, both ends included. */
export interface NumberRange {
  readonly min: number;
  readonly max: number;
  /** @default whole numbers only */
  readonly fractions?: true;
}

/** 24 days in milliseconds; beyond that a timer would fire at once. */
export const LONGEST_MS = 2 ** 31 - 1;

const RETRY_RANGES: Readonly<Record<string, NumberRange>> = {
  immediateAttempts: { min: 1, max: 100 },
  delayedAttempts: { min: 0, max: 10_000 },
  baseDelayMs: { min: 0, max: LONGEST_MS },
  maxDelayMs: { min: 0, max: LONGEST_MS },
};

const CIRCUIT_RANGES: Readonly<Record<string, NumberRange>> = {
  keys: { min: 2, max: 10_000 },
  failures: { min: 2, max: 10_000 },
  failureRate: { min: 0.01, max: 1, fractions: true },
  windowMs: { min: 1, max: LONGEST_MS },
  coolDownMs: { min: 1, max: LONGEST_MS },
  maxCoolDownMs: { min: 1, max: LONGEST_MS },
};

/** One sentence for each number of the owner's options that can't be used; what isn't given isn't wrong. */
export function rangeFaults(
  owner: string,
  options: object,
  ranges: Readonly<Record<string, NumberRange>>,
): readonly string[] {
  const given = new Map<string, unknown>(Object.entries(options));
  return Object.entries(ranges).flatMap(([name, { min, max, fractions }]) => {
    const value = given.get(name);
    if (value === undefined) return [];
    const fits = typeof value === 'number' && value >= min && value <= max && (fractions || Number.isInteger(value));
    const kind = fractions ? 'a number' : 'a whole number';
    return fits ? [] : [`${owner}.${name} is ${inspect(value)}; use ${kind} from ${min} to ${max}`];
  });
}

/** Everything that is wrong with the handlers' retry policies and circuit breakers. */
export function policyFaults(handlers: readonly RegisteredHandler[]): readonly string[] {
  return handlers.flatMap(({ definition, policy, circuit }) => {
    const retry = `${definition.name}: retry`;
    const breaker = `${definition.name}: circuitBreaker`;
    return [
      ...rangeFaults(retry, policy, RETRY_RANGES),
      ...(policy.baseDelayMs > policy.maxDelayMs ? [`${retry}.baseDelayMs is above maxDelayMs; lower it`] : []),
      ...(circuit ? rangeFaults(breaker, circuit.options, CIRCUIT_RANGES) : []),
      ...(circuit && circuit.options.failures > circuit.options.keys
        ? [`${breaker}.failures is above keys, so it could never open; lower it`]
        : []),
      ...(circuit && circuit.options.coolDownMs > circuit.options.maxCoolDownMs
        ? [`${breaker}.coolDownMs is above maxCoolDownMs; lower it`]
        : []),
    ];
  });
}
