import { inspect } from 'node:util';

import { noteContract } from '../testing/test-contract.js';
import { DEFAULT_RETRY_POLICY } from './decide-failure.js';
import { policyFaults } from './policy-faults.js';

const faultsOf = (retry: object) =>
  policyFaults([
    {
      definition: { kind: 'single', contract: noteContract('notes'), options: {}, name: 'Notes.take' },
      policy: { ...DEFAULT_RETRY_POLICY, ...retry },
      invoke: async () => undefined,
    },
  ]);

describe('what is wrong with a policy', () => {
  it('finds nothing wrong with the defaults, nor with delays of 20 days', () => {
    expect(faultsOf({})).toEqual([]);
    expect(faultsOf({ baseDelayMs: 20 * 86_400_000, maxDelayMs: 20 * 86_400_000 })).toEqual([]);
  });

  it.each([Number.NaN, -1, Number.POSITIVE_INFINITY, '5s', 1.5, 2 ** 31])('F54: refuses %p as a delay', (value) => {
    expect(faultsOf({ maxDelayMs: value, baseDelayMs: 0 })).toContain(
      `Notes.take: retry.maxDelayMs must be a whole number from 0 to 2147483647, got ${inspect(value)}`,
    );
  });

  it('F54: names every fault, not the first one', () => {
    const retry = { immediateAttempts: 0, delayedAttempts: Number.NaN, baseDelayMs: -1, maxDelayMs: Number.NaN };
    const faults = faultsOf(retry);
    for (const name of Object.keys(retry)) {
      expect(faults.filter((fault) => fault.includes(`.${name} must be a whole number`))).toHaveLength(1);
    }
  });

  it('refuses values that contradict each other', () => {
    expect(faultsOf({ maxDelayMs: 500 })).toEqual([
      'Notes.take: retry.baseDelayMs must be at most maxDelayMs (500), got 1000',
    ]);
  });
});
