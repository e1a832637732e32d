import { UntriedCounts } from './untried-counts.js';

describe('how many letters a run has yet to try', () => {
  let now: number;
  let left: number;
  let counted: number;
  let counts: UntriedCounts;

  beforeEach(() => {
    now = 0;
    left = 1_000;
    counted = 0;
    counts = new UntriedCounts(() => now);
  });

  const count = async (): Promise<number> => {
    counted += 1;
    now += 10;
    return left;
  };
  const take = (taken: number, isExhausted = false) => {
    left -= taken;
    return counts.after('run', taken, isExhausted, count);
  };

  it('is counted once, then carried on for twenty times as long as that took', async () => {
    expect(await take(100)).toBe(900);
    expect(await take(100)).toBe(800);
    expect([await take(100), counted]).toEqual([700, 1]);
    now += 200;
    left -= 50; // somebody else's work
    expect([await take(100), counted]).toEqual([550, 2]);
  });

  it('is counted where a call took all there was, and never said to be 0 without', async () => {
    await take(100);
    expect([await take(10, true), counted]).toEqual([890, 2]);
    left += 500; // new ones
    expect([await take(890), counted]).toEqual([500, 3]);
  });

  it('is counted for each run and filter by itself', async () => {
    await take(100);
    await counts.after('another', 0, false, count);
    expect(counted).toBe(2);
  });
});
