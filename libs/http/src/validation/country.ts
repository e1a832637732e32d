import { isISO31661Alpha2 } from 'class-validator';

import { decorateValueWith } from './check.js';

/** A country by its ISO 3166-1 alpha-2 code, in capitals: `DE`. */
export function IsCountry(): PropertyDecorator {
  return decorateValueWith('country', (value) => {
    if (typeof value !== 'string') return { code: 'INVALID_TYPE', message: 'must be a string' };
    return /^[A-Z]{2}$/.test(value) && isISO31661Alpha2(value)
      ? undefined
      : { code: 'INVALID_FORMAT', message: 'must be an ISO 3166-1 alpha-2 country code in capitals' };
  });
}
