import { filterFrom, isEmptyFilter } from './letter-filter.js';

const NOW = Date.parse('2026-11-25T12:00:00Z');

describe('the filter of letters', () => {
  it('has what was given, under the names of the admin API, and nothing else', () => {
    const options = {
      type: 'payment.process.v1',
      key: '',
      error: 'timeout',
      state: 'any',
      id: ['1,2', '3'],
      group: 'payment',
    };
    expect(filterFrom(options, NOW)).toEqual({
      type: 'payment.process.v1',
      key: '',
      error: 'timeout',
      state: 'any',
      ids: ['1', '2', '3'],
      group: 'payment',
    });
    expect(filterFrom({}, NOW)).toEqual({});
  });

  it('counts durations back from now', () => {
    expect(filterFrom({ since: '2h', until: '30m' }, NOW)).toEqual({
      since: '2026-11-25T10:00:00.000Z',
      until: '2026-11-25T11:30:00.000Z',
    });
  });

  it('refuses a time that ends before it begins', () => {
    expect(() => filterFrom({ since: '30m', until: '2h' }, NOW)).toThrow('is not before --until');
  });

  it('is empty where it narrows nothing down, whatever the state', () => {
    expect(isEmptyFilter(filterFrom({ state: 'dead' }, NOW))).toBe(true);
    expect(isEmptyFilter(filterFrom({ key: 'a' }, NOW))).toBe(false);
  });
});
