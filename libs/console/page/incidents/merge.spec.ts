import { behind, extend, merge } from './merge.js';
import type { Part } from './merge.js';

const timeOf = (item: string): string => `2026-11-30T12:${item}Z`;
const part = (service: Part<string>['service'], items: readonly string[], nextCursor: string | null = null) => ({
  service,
  items,
  nextCursor,
});
const shown = (parts: readonly Part<string>[]): readonly string[] =>
  merge(parts, timeOf).map(({ service, item }) => `${service} ${item}`);

describe('one list over all services', () => {
  it('has the newest first, whoever it is of', () => {
    expect(shown([part('order', ['05:00', '01:00']), part('payment', ['03:00']), part('shipping', [])])).toEqual([
      'order 05:00',
      'payment 03:00',
      'order 01:00',
    ]);
  });

  it('ends where a service has more to say, and asks that one for it', () => {
    const parts = [part('order', ['05:00', '01:00']), part('payment', ['04:00', '03:00'], 'next')];
    expect(shown(parts)).toEqual(['order 05:00', 'payment 04:00', 'payment 03:00']);
    expect(behind(parts, timeOf).map(({ service }) => service)).toEqual(['payment']);
    const more = extend(parts, 'payment', { value: { items: ['02:00', '00:30'], nextCursor: null } });
    expect(shown(more)).toEqual([
      'order 05:00',
      'payment 04:00',
      'payment 03:00',
      'payment 02:00',
      'order 01:00',
      'payment 00:30',
    ]);
    expect(behind(more, timeOf)).toEqual([]);
  });

  it('does not ask the service that has said enough', () => {
    const parts = [part('order', ['05:00', '01:00'], 'o'), part('payment', ['04:00', '03:00'], 'p')];
    expect(behind(parts, timeOf).map(({ service }) => service)).toEqual(['payment']);
  });

  it('keeps what is known of a service that does not answer any more', () => {
    const refusal = Object.assign(new Error('away'), {
      status: 502,
      code: 'SERVICE_UNREACHABLE',
      faults: [],
      body: {},
    });
    const parts = extend([part('order', ['05:00'], 'o')], 'order', { refusal });
    expect(shown(parts)).toEqual(['order 05:00']);
    expect(parts[0]?.refusal).toBe(refusal);
  });
});
