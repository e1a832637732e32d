import { growth, sumOf } from './rates.js';

const at = (second: number): string => new Date(1_800_000_000_000 + second * 1_000).toISOString();
const reading = (second: number, ...values: readonly (readonly [topic: string, value: number])[]) => ({
  at: at(second),
  samples: values.map(([topic, value]) => ({ metric: 'm', labels: { topic }, value })),
});

describe('a rate', () => {
  it('is what a counter has grown, a second, over all readings', () => {
    const readings = [reading(0, ['a', 10]), reading(1, ['a', 10]), reading(4, ['a', 30])];
    expect(growth(readings, 'm', { topic: 'a' })).toBe(5);
    expect(growth(readings, 'm', { topic: 'b' })).toBe(0);
  });

  it('counts from 0 where the process has started again, or has counted nothing before', () => {
    expect(growth([reading(0, ['a', 100]), reading(1, ['a', 4]), reading(2, ['a', 6])], 'm', {})).toBe(3);
    expect(growth([reading(0), reading(2, ['a', 6])], 'm', {})).toBe(3);
  });

  it('is not known from one reading', () => {
    expect(growth([reading(0, ['a', 10])], 'm', {})).toBeUndefined();
    expect(growth([], 'm', {})).toBeUndefined();
  });
});

it('a sum is of what the labels fit, and not known where nothing does', () => {
  const { samples } = reading(0, ['a', 1], ['b', 2]);
  expect(sumOf(samples, 'm', {})).toBe(3);
  expect(sumOf(samples, 'm', { topic: 'b' })).toBe(2);
  expect(sumOf(samples, 'm', { topic: 'c' })).toBeUndefined();
});
