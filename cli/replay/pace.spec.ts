import { nextPage } from './pace.js';

describe('the pace of a replay', () => {
  it('is as fast as the service where no rate is given, never beyond what is left', () => {
    expect(nextPage({ ratePerSecond: undefined, sent: 500, elapsedMs: 1, left: 1000 })).toEqual({
      limit: 100,
      delayMs: 0,
    });
    expect(nextPage({ ratePerSecond: undefined, sent: 0, elapsedMs: 0, left: 7 })).toEqual({ limit: 7, delayMs: 0 });
  });

  it.each([0.5, 1, 3, 50, 250])('stays within %d letters a second, whatever the service takes', (ratePerSecond) => {
    let elapsedMs = 0;
    let sent = 0;
    for (let page = 0; page < 200; page++) {
      const { limit, delayMs } = nextPage({ ratePerSecond, sent, elapsedMs, left: 1e6 });
      elapsedMs += delayMs;
      expect(sent).toBeLessThanOrEqual((elapsedMs * ratePerSecond) / 1000 + 1e-6);
      sent += limit;
      elapsedMs += page % 3; // the call itself
    }
    expect((sent / elapsedMs) * 1000).toBeGreaterThan(ratePerSecond * 0.95); // and isn't slower than asked
  });
});
