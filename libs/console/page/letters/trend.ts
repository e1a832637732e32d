import { count } from '../format.js';

/** Where counting ends within an hour; a higher number reads as this one. */
const MOST_AN_HOUR = 1_000;

/** Heights of the bars, 0 to 1, the earliest first: of the highest one, and never invisible where there was something. */
export function barsOf(trend: readonly number[]): readonly number[] {
  const most = Math.max(1, ...trend);
  return trend.map((value) => (value === 0 ? 0 : Math.max(0.12, value / most)));
}

/** The same in words. */
export function spokenTrend(trend: readonly number[]): string {
  const sum = trend.reduce((all, value) => all + value, 0);
  if (sum === 0) return `none in the last ${trend.length} hours`;
  const most = Math.max(...trend);
  const ago = trend.length - trend.lastIndexOf(most);
  const when = ago === 1 ? 'in the last one' : `${ago} hours ago`;
  return `${atMost(sum, Infinity, trend.includes(MOST_AN_HOUR))} in the last ${trend.length} hours, at most ${atMost(most, MOST_AN_HOUR)} an hour, ${when}`;
}

/** A number that is counted to an end, which then means "or more". */
export function atMost(value: number, end: number, isMore = value >= end): string {
  return `${count(value)}${isMore ? '+' : ''}`;
}
