import { inspect } from 'node:util';

/** The smallest and the largest value that an option may have. */
export type IntegerRange = readonly [min: number, max: number];

/** Milliseconds, 24 days: beyond that a timer would fire at once. */
export const LONGEST_TIMER_MS = 2 ** 31 - 1;

/**
 * For options that come from code: a sentence for each that isn't a whole number in its range, as in
 * `OutboxModule.relay.batchSize must be a whole number from 1 to 100000, got NaN`. What isn't given isn't wrong. The boot
 * collects the sentences of all options, and refuses them together.
 * @param owner goes before each name: `OutboxModule.relay.`
 */
export function optionFaults<Options extends object>(
  owner: string,
  options: Options,
  ranges: { readonly [Name in keyof Options]?: IntegerRange },
): readonly string[] {
  const given = new Map<string, unknown>(Object.entries(options));
  return Object.entries<IntegerRange | undefined>(ranges).flatMap(([name, range]) => {
    const value = given.get(name);
    if (value === undefined || range === undefined) return [];
    const [min, max] = range;
    const fits = typeof value === 'number' && Number.isSafeInteger(value) && value >= min && value <= max;
    return fits ? [] : [`${owner}${name} must be a whole number from ${min} to ${max}, got ${inspect(value)}`];
  });
}
