import { age, counted, duration } from './age.js';

describe('lengths of time', () => {
  it.each([
    [0, '0s'],
    [-5, '0s'],
    [59.4, '59s'],
    [60, '1m'],
    [320, '5m 20s'],
    [3600, '1h'],
    [3605, '1h'],
    [183_600, '2d 3h'],
  ])('%d seconds are %s', (seconds, text) => expect(duration(seconds)).toBe(text));

  it('are measured from a moment, and are empty where there is none', () => {
    const now = Date.parse('2026-11-25T12:00:00Z');
    expect(age('2026-11-25T09:30:00Z', now)).toBe('2h 30m');
    expect(age(undefined, now)).toBe('');
  });
});

describe('counts', () => {
  it('have their thousands apart and know one from many', () => {
    expect(counted(1, 'letter')).toBe('1 letter');
    expect(counted(12_345, 'letter')).toBe('12,345 letters');
  });
});
