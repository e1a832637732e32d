import { Transform } from 'class-transformer';

import { decorateValueWith } from './check.js';

export interface IntegerRange {
  readonly min: number;
  readonly max: number;
}

/** A whole number in a range, both ends included. `"5"`, `1.5` and `1e400` are none. */
export function IsIntegerIn({ min, max }: IntegerRange): PropertyDecorator {
  return decorateValueWith('integer', (value) => {
    if (typeof value !== 'number') return { code: 'INVALID_TYPE', message: 'must be a whole number' };
    if (value < min || value > max) return { code: 'OUT_OF_RANGE', message: `must be from ${min} to ${max}` };
    return Number.isInteger(value) ? undefined : { code: 'INVALID_TYPE', message: 'must be a whole number' };
  });
}

/** As {@link IsIntegerIn}, for a parameter, which travels as decimal digits and is converted here, by name. */
export function IntegerParameter(range: IntegerRange): PropertyDecorator {
  const check = IsIntegerIn(range);
  const convert = Transform(({ value }: { value: unknown }): unknown =>
    typeof value === 'string' && /^-?\d{1,15}$/.test(value) ? Number(value) : value,
  );
  return (target, property) => {
    convert(target, property);
    check(target, property);
  };
}
