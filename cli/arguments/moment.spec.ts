import { parseDuration, parseMoment } from './moment.js';

const NOW = Date.parse('2026-11-25T12:00:00Z');

describe('a duration', () => {
  it.each([
    ['30s', 30_000],
    ['30m', 1_800_000],
    ['2h', 7_200_000],
    ['7d', 604_800_000],
    ['1w', 604_800_000],
    ['1h30m', 5_400_000],
    ['0.5h', 1_800_000],
  ])('%s', (text, ms) => expect(parseDuration(text)).toBe(ms));

  it.each(['', '5', 'h', '-2h', '2 h', '2y', '1..5h', '2h-'])('is not %j', (text) =>
    expect(parseDuration(text) ?? Number.NaN).toBeNaN(),
  );
});

describe('a moment', () => {
  it('given as a duration lies that long ago', () => {
    expect(parseMoment('2h', '--since', NOW)).toBe('2026-11-25T10:00:00.000Z');
    expect(parseMoment('7d', '--since', NOW)).toBe('2026-11-18T12:00:00.000Z');
  });

  it('given as ISO 8601 is that instant, whatever its zone', () => {
    expect(parseMoment('2026-11-25T03:00:00Z', '--since', NOW)).toBe('2026-11-25T03:00:00.000Z');
    expect(parseMoment('2026-11-25T03:00:00+01:00', '--since', NOW)).toBe('2026-11-25T02:00:00.000Z');
  });

  it('without a zone is local time, also where only the day is given', () => {
    expect(parseMoment('2026-11-25', '--since', NOW)).toBe(new Date(2026, 10, 25).toISOString());
    expect(parseMoment('2026-11-25 03:00', '--since', NOW)).toBe(new Date(2026, 10, 25, 3).toISOString());
  });

  it.each([
    'yesterday',
    '',
    '2026-13-01',
    '2026-02-30',
    '2026',
    '25.11.2026',
    '99999999999w',
    '999999w',
    '0000-01-01',
    '1..5h',
    '2026-11-25T25:00Z',
  ])('is refused where it can not be understood: %j', (text) =>
    expect(() => parseMoment(text, '--since', NOW)).toThrow(`--since is "${text}"`),
  );
});
