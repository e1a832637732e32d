import { parseCount, parsePercent, parseRate, parseWait } from './numbers.js';

describe('numbers on the command line', () => {
  it('are taken as they are written', () => {
    expect(parseCount('1000', '--limit')).toBe(1000);
    expect(parseRate('0.5', '--rate')).toBe(0.5);
    expect(parsePercent('10', '--abort-on-failures')).toBe(10);
    expect(parsePercent('2.5%', '--abort-on-failures')).toBe(2.5);
    expect(parseWait('2m', '--patience')).toBe(120_000);
  });

  it.each(['0', '-1', '1.5', '1e3', '', 'ten', '0x10', 'Infinity', '99999999999999999'])(
    'a count may not be %j',
    (text) => expect(() => parseCount(text, '--limit')).toThrow('--limit'),
  );

  it.each(['0', '-1', '', 'fast', 'NaN', 'Infinity', '1e9', '200000'])('a rate may not be %j', (text) =>
    expect(() => parseRate(text, '--rate')).toThrow('--rate'),
  );

  it.each(['-1', '101', '', '%', 'NaN', '10%%'])('a percentage may not be %j', (text) =>
    expect(() => parsePercent(text, '--abort-on-failures')).toThrow('--abort-on-failures'),
  );

  it.each(['0s', '2h', '30', '', '-1m'])('a wait may not be %j', (text) =>
    expect(() => parseWait(text, '--patience')).toThrow('--patience'),
  );
});
