import { restartBackoff } from './restart-backoff.js';

describe('backoff of a process that ends', () => {
  it('doubles up to 30 s', () => {
    const backoff = restartBackoff();
    expect(Array.from({ length: 8 }, () => backoff.next(100))).toEqual([
      500, 1000, 2000, 4000, 8000, 16_000, 30_000, 30_000,
    ]);
  });

  it('starts over for a process that had run for 30 s', () => {
    const backoff = restartBackoff();
    backoff.next(100);
    backoff.next(100);
    expect([backoff.next(30_000), backoff.next(100)]).toEqual([500, 1000]);
  });
});
