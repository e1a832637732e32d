import { atMost, barsOf, spokenTrend } from './trend.js';

const trend = (last: readonly number[]): readonly number[] => [
  ...Array.from({ length: 24 - last.length }, () => 0),
  ...last,
];

it('the bars of a trend are as high as the highest allows, and seen where there was anything', () => {
  expect(barsOf([0, 1, 50, 100])).toEqual([0, 0.12, 0.5, 1]);
  expect(barsOf([0, 0])).toEqual([0, 0]);
});

it('a trend is told in words', () => {
  expect(spokenTrend(trend([]))).toBe('none in the last 24 hours');
  expect(spokenTrend(trend([3, 1]))).toBe('4 in the last 24 hours, at most 3 an hour, 2 hours ago');
  expect(spokenTrend(trend([1, 1_000]))).toBe('1,001+ in the last 24 hours, at most 1,000+ an hour, in the last one');
});

it('a number at the end of its counting means that or more', () => {
  expect([atMost(9_999, 10_000), atMost(10_000, 10_000)]).toEqual(['9,999', '10,000+']);
});
