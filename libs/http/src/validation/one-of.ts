import { Transform } from 'class-transformer';

import { decorateValueWith } from './check.js';

/** One of a fixed list of texts. */
export function IsOneOf(values: readonly string[]): PropertyDecorator {
  return decorateValueWith('oneOf', (value) => {
    if (typeof value !== 'string') return { code: 'INVALID_TYPE', message: 'must be a string' };
    return values.includes(value) ? undefined : { code: 'NOT_ALLOWED', message: `must be one of ${values.join(', ')}` };
  });
}

/** A query parameter that is one of a fixed list, in upper or lower case; the handler gets it as the list has it. */
export function OneOfParameter(values: readonly string[]): PropertyDecorator {
  const listed = new Map(values.map((value) => [value.toUpperCase(), value]));
  const convert = ({ value }: { value: unknown }): unknown =>
    typeof value === 'string' ? (listed.get(value.toUpperCase()) ?? value) : value; // what is none is refused as it is
  return (target, property) => {
    Transform(convert)(target, property);
    IsOneOf(values)(target, property);
  };
}
