import { timeScale } from './time-scale.js';

describe('a line of time', () => {
  it('goes from 0 to 100 in the order of time, and no further', () => {
    const { place, gaps } = timeScale([
      { from: 1_000, to: 1_100 },
      { from: 1_100, to: 1_200 },
    ]);
    expect([1_000, 1_050, 1_200].map(place)).toEqual([0, 25, 100]);
    expect([place(0), place(9_999)]).toEqual([0, 100]);
    expect(gaps).toEqual([]);
  });

  it('draws an hour in which nothing happened as a short break, and what happened around it as large as it was', () => {
    const { place, gaps } = timeScale([
      { from: 0, to: 100 },
      { from: 3_600_000, to: 3_600_100 },
    ]);
    expect(gaps).toEqual([{ from: 100, to: 3_600_000, at: 48, width: 4 }]);
    expect([0, 100, 3_600_000, 3_600_100].map(place)).toEqual([0, 48, 52, 100]);
    expect(place(1_800_050)).toBeCloseTo(50);
  });

  it('breaks no line for a pause that is short beside the rest', () => {
    expect(
      timeScale([
        { from: 0, to: 5_000 },
        { from: 5_500, to: 9_000 },
      ]).gaps,
    ).toEqual([]);
  });

  it('never falls, whatever the times', () => {
    const spans = [5, 1, 900, 70_000, 1, 400_000, 400_001].map((from) => ({ from, to: from + 3 }));
    const { place } = timeScale(spans);
    const places = Array.from({ length: 500 }, (_, index) => place(index * 801));
    expect(places).toEqual(places.toSorted((a, b) => a - b));
    expect(Math.max(...places)).toBeLessThanOrEqual(100);
  });

  it.each([[[]], [[{ from: 7, to: 7 }]]])('copes with %j', (spans) => {
    expect(timeScale(spans).place(7)).toBeGreaterThanOrEqual(0);
  });
});
