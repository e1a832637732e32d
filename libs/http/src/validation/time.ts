import { parseRfc3339 } from '@waybill/observability';

import { decorateValueWith } from './check.js';

/** A time of RFC 3339 with its zone; read it with `parseRfc3339`. */
export function IsTime(): PropertyDecorator {
  return decorateValueWith('time', (value) => {
    if (typeof value !== 'string') return { code: 'INVALID_TYPE', message: 'must be a string' };
    if (parseRfc3339(value)) return undefined;
    return { code: 'INVALID_FORMAT', message: 'must be a time with its zone, like 2026-11-30T12:00:00Z' };
  });
}

/** A day of the years 1 to 9999: `2026-11-30`. */
export function IsDay(): PropertyDecorator {
  return decorateValueWith('day', (value) => {
    if (typeof value !== 'string') return { code: 'INVALID_TYPE', message: 'must be a string' };
    return isDay(value) ? undefined : { code: 'INVALID_FORMAT', message: 'must be a day, like 2026-11-30' };
  });
}

/** For cursors, too. */
export function isDay(value: unknown): value is string {
  return (
    typeof value === 'string' && /^\d{4}-\d\d-\d\d$/.test(value) && parseRfc3339(`${value}T00:00:00Z`) !== undefined
  );
}
