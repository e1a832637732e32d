import { ago, count, duration, isoOf, localOf, money, perSecond, shortId, words } from './format.js';

it.each([
  [0, '0 ms'],
  [999.4, '999 ms'],
  [1_250, '1.3 s'],
  [59_400, '59 s'],
  [60_000, '1 min'],
  [7_800_000, '2 h 10 min'],
  [7_200_000, '2 h'],
  [200_000_000, '2 d'],
])('%d ms are %s', (ms, text) => expect(duration(ms)).toBe(text));

it.each([
  [0, 'now'],
  [1_999, 'now'],
  [3_700, '3 s ago'],
  [65_000, '1 min ago'],
  [-1_500, 'now'],
  [-5_000, 'in 5 s'],
])('what was %d ms before is %s', (ms, text) =>
  expect(ago(new Date(1_800_000_000_000 - ms).toISOString(), 1_800_000_000_000)).toBe(text),
);

it('takes a time to a field without a zone and back', () => {
  const iso = '2026-11-29T10:20:30.000Z';
  expect(localOf(iso)).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:30$/);
  expect(isoOf(localOf(iso))).toBe(iso);
  expect([localOf(''), localOf('yesterday'), isoOf('')]).toEqual(['', '', '']);
});

it('writes money, counts, rates, ids and codes for people', () => {
  expect(money({ amount: 123_456, currency: 'EUR' })).toBe('€1,234.56');
  expect(money({ amount: 1_235, currency: 'JPY' })).toBe('¥1,235');
  expect(count(20_000)).toBe('20,000');
  expect([0, 0.43, 12.4, 1_234].map(perSecond)).toEqual(['0', '0.4', '12', '1.2k']);
  expect(shortId('01a228ef-b193-7474-83b2-83b4e347edb7')).toBe('01a228ef…edb7');
  expect(words('COMPENSATION_FAILED')).toBe('compensation failed');
});
