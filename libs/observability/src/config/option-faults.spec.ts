import { inspect } from 'node:util';

import { optionFaults } from './option-faults.js';

it.each([Number.NaN, Number.POSITIVE_INFINITY, -1, 1.5, 2 ** 53, '5s', null])(
  'F54 refuses %p as an option',
  (value) => {
    expect(optionFaults('OutboxModule.', { pollIntervalMs: value }, { pollIntervalMs: [1, 2 ** 53] })).toEqual([
      `OutboxModule.pollIntervalMs must be a whole number from 1 to 9007199254740992, got ${inspect(value)}`,
    ]);
  },
);

it('names every option that is wrong, and none that is right or left to its default', () => {
  const options = { deadlineMs: Number.NaN, batch: 5, lanes: 0, pollIntervalMs: undefined };
  expect(
    optionFaults('SagaModule.', options, {
      deadlineMs: [1, 10],
      batch: [1, 10],
      lanes: [1, 10],
      pollIntervalMs: [1, 10],
    }),
  ).toEqual([
    'SagaModule.deadlineMs must be a whole number from 1 to 10, got NaN',
    'SagaModule.lanes must be a whole number from 1 to 10, got 0',
  ]);
});
