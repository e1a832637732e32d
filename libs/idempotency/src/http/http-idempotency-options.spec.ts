import { ConfigError } from '@waybill/observability';

import { checkHttpIdempotencyOptions } from './http-idempotency-options.js';

it('remembers a key for a day unless told otherwise', () => {
  expect(checkHttpIdempotencyOptions({})).toEqual({ retentionMs: 86_400_000, sweepIntervalMs: 600_000 });
});

it.each([
  { retentionMs: Number.NaN },
  { retentionMs: -1 },
  { sweepIntervalMs: Number.POSITIVE_INFINITY },
  { sweepIntervalMs: 2 ** 31 },
])('F54 refuses %j at boot', (options) => {
  expect(() => checkHttpIdempotencyOptions(options)).toThrow(ConfigError);
});
