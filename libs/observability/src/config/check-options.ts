import { ConfigError } from './config.errors.js';

/** A numeric option and the range it must be in, both ends included. */
export interface NumberOption {
  readonly value: number;
  readonly min: number;
  readonly max: number;
}

/**
 * For a lib whose options come from code: refuses `NaN`, `Infinity`, fractions, texts that slipped through, and values
 * out of range, before anything starts.
 * @param owner says whose options they are, as in `OutboxModule`.
 * @throws ConfigError listing all of them.
 */
export function checkIntegerOptions(owner: string, options: Readonly<Record<string, NumberOption>>): void {
  const faults = Object.entries(options)
    .filter(([, { value, min, max }]) => !Number.isSafeInteger(value) || value < min || value > max)
    .map(([name, { value, min, max }]) => ({
      setting: `${owner}.${name}`,
      problem: `= ${String(value)} can't be used`,
      expected: `a whole number from ${min} to ${max}`,
    }));
  if (faults.length > 0) throw new ConfigError(faults);
}
