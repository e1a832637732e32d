import { NOTHING, type Tally } from './tally.js';
import { canaryLeft, canaryVerdict, tooManyFailures } from './verdict.js';

const tally = (part: Partial<Tally>): Tally => ({ ...NOTHING, ...part });

describe('the share of failures that aborts a replay', () => {
  it.each([
    [10, 90, 10, false],
    [10, 89, 11, true],
    [10, 0, 1, false], // 1 of 1: too few to tell
    [10, 0, 2, true],
    [10, 1000, 100, false],
    [0, 1000, 0, false],
    [0, 0, 1, true],
    [100, 0, 1000, false],
    [50, 5, 5, false],
    [50, 4, 6, true],
  ])('%d %% with %d replayed and %d failed: %s', (percent, replayed, failed, abort) => {
    expect(tooManyFailures(tally({ replayed, failed }), percent)).toBe(abort);
  });

  it('takes no account of letters that were skipped or are pending', () => {
    expect(tooManyFailures(tally({ skipped: 1000, pending: 1000, failed: 2 }), 10)).toBe(true);
  });
});

describe('a canary', () => {
  it('passes when every outcome is known and none is a failure', () => {
    expect(canaryVerdict(tally({ replayed: 10 }))).toBe('passed');
    expect(canaryVerdict(tally({ replayed: 9, skipped: 1 }))).toBe('passed');
    expect(canaryVerdict(NOTHING)).toBe('passed');
  });

  it('fails with the first failure, whatever is still to come', () => {
    expect(canaryVerdict(tally({ replayed: 9, failed: 1, pending: 5 }))).toBe('failed');
  });

  it('is undecided while an outcome is missing', () => {
    expect(canaryVerdict(tally({ replayed: 9, pending: 1 }))).toBe('undecided');
  });

  it('is not repeated by a resumed run, which tries only what it has not tried yet', () => {
    expect(canaryLeft(10, NOTHING)).toBe(10);
    expect(canaryLeft(10, tally({ replayed: 2, skipped: 1, pending: 1 }))).toBe(6);
    expect(canaryLeft(10, tally({ replayed: 500 }))).toBe(0);
  });
});
