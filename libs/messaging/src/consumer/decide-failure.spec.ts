import { InvalidMessageData } from '../messaging.errors.js';
import { decideFailure } from './decide-failure.js';

const policy = { immediateAttempts: 2, delayedAttempts: 3, baseDelayMs: 100, maxDelayMs: 250 };
const decide = (attempts: number, error: unknown = new Error('no'), random = 0) =>
  decideFailure(policy, error, attempts, () => random);

describe('retry or not', () => {
  it('tries at once, then after growing delays up to the bound, then gives up', () => {
    expect([1, 2, 3, 4, 5].map((attempts) => decide(attempts))).toEqual([
      { kind: 'retry-now' },
      { kind: 'retry-later', delayMs: 100 },
      { kind: 'retry-later', delayMs: 200 },
      { kind: 'retry-later', delayMs: 250 },
      { kind: 'dead-letter', reason: 'RETRIES_EXHAUSTED' },
    ]);
  });

  it('takes up to a quarter of jitter off a delay', () => {
    expect(decide(2, new Error('no'), 0.999)).toEqual({ kind: 'retry-later', delayMs: 75 });
  });

  it('gives up at once on what no retry can fix, also where a contract throws an error of its own', () => {
    class OwnError extends Error {
      readonly code = 'INVALID_MESSAGE_DATA';
    }
    for (const error of [new OwnError(), new InvalidMessageData('x', [])]) {
      expect(decide(1, error)).toEqual({ kind: 'dead-letter', reason: 'INVALID_MESSAGE_DATA' });
    }
    const picky = { ...policy, nonRetryable: (error: unknown) => error instanceof RangeError };
    expect(decideFailure(picky, new RangeError('x'), 1)).toEqual({ kind: 'dead-letter', reason: 'NON_RETRYABLE' });
  });

  it('postpones what another process can do, however often it was tried, unless it can be done by nobody', () => {
    const older = { ...policy, postponeMs: (error: unknown) => (error instanceof RangeError ? 2_000 : undefined) };
    for (const attempts of [1, 100]) {
      expect(decideFailure(older, new RangeError('x'), attempts)).toEqual({ kind: 'postpone', delayMs: 2_000 });
    }
    expect(decideFailure(older, new Error('x'), 1)).toEqual({ kind: 'retry-now' });
    const dead = { ...older, nonRetryable: () => true };
    expect(decideFailure(dead, new RangeError('x'), 1)).toMatchObject({ kind: 'dead-letter' });
  });

  it('F54: never asks for a delay beyond the bound, whatever the attempt', () => {
    const endless = { ...policy, delayedAttempts: 10_000, maxDelayMs: 3_600_000 };
    expect(decideFailure(endless, new Error('no'), 5_000, () => 0)).toEqual({
      kind: 'retry-later',
      delayMs: 3_600_000,
    });
  });
});
