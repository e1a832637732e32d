import { decorateValueWith } from './check.js';

/** One of a fixed list of texts. */
export function IsOneOf(values: readonly string[]): PropertyDecorator {
  return decorateValueWith('oneOf', (value) => {
    if (typeof value !== 'string') return { code: 'INVALID_TYPE', message: 'must be a string' };
    return values.includes(value) ? undefined : { code: 'NOT_ALLOWED', message: `must be one of ${values.join(', ')}` };
  });
}
