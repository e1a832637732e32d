import { parseRfc3339 } from '@waybill/observability';

import { decorateValueWith } from './check.js';

/** A date and time of RFC 3339 with its zone; stays the text that it is. */
export function IsMoment(): PropertyDecorator {
  return decorateValueWith('moment', (value) => {
    if (typeof value !== 'string') return { code: 'INVALID_TYPE', message: 'must be a string' };
    const fault = {
      code: 'INVALID_FORMAT',
      message: 'must be a date and time with a zone, such as 2026-11-29T20:00:00Z',
    };
    return parseRfc3339(value) === undefined ? fault : undefined;
  });
}
