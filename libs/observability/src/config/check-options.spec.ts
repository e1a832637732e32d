import { checkIntegerOptions } from './check-options.js';
import { ConfigError } from './config.errors.js';

it.each([Number.NaN, Number.POSITIVE_INFINITY, -1, 1.5, 2 ** 53])('F54 refuses %d as an option', (value) => {
  expect(() => checkIntegerOptions('OutboxModule', { pollIntervalMs: { value, min: 1, max: 2 ** 53 } })).toThrow(
    ConfigError,
  );
});

it('names the owner, the option and its range, for every wrong option', () => {
  expect(() =>
    checkIntegerOptions('SagaModule', {
      deadlineMs: { value: Number.NaN, min: 1, max: 10 },
      batch: { value: 5, min: 1, max: 10 },
      lanes: { value: 0, min: 1, max: 10 },
    }),
  ).toThrow(/SagaModule\.deadlineMs = NaN can't be used; expected a whole number from 1 to 10\n.*lanes = 0/);
});
