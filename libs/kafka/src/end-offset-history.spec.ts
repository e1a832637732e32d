import { EndOffsetHistory } from './end-offset-history.js';

describe('the history of a lane’s end', () => {
  it('dates a record by the first sight of an end beyond it', () => {
    const history = new EndOffsetHistory();
    history.add(1_000, 5n);
    history.add(2_000, 8n);
    history.add(3_000, 8n);
    expect(history.ageMs(4n, 10_000)).toBe(9_000);
    expect(history.ageMs(5n, 10_000)).toBe(8_000);
    expect(history.ageMs(7n, 10_000)).toBe(8_000);
    expect(history.ageMs(8n, 10_000)).toBe(0);
  });

  it('forgets a log that another one has replaced (F70)', () => {
    const history = new EndOffsetHistory();
    history.add(1_000, 100n);
    history.add(2_000, 3n);
    expect(history.ageMs(3n, 10_000)).toBe(0);
    history.add(11_000, 4n);
    expect(history.ageMs(3n, 12_000)).toBe(1_000);
  });

  it('holds nothing once everything is handled', () => {
    const history = new EndOffsetHistory();
    history.add(1_000, 5n);
    history.ageMs(5n, 2_000);
    expect(history.isEmpty).toBe(true);
  });

  it('stays small in a backlog of days, and still dates its oldest record exactly', () => {
    const history = new EndOffsetHistory();
    for (let tick = 1; tick <= 100_000; tick += 1) history.add(tick * 15_000, BigInt(tick));
    expect(history.ageMs(0n, 100_000 * 15_000)).toBe(99_999 * 15_000);
    expect(history.ageMs(99_999n, 100_000 * 15_000)).toBe(0);
    const middle = history.ageMs(50_000n, 100_000 * 15_000);
    expect(middle).toBeLessThanOrEqual(50_000 * 15_000);
  });
});
