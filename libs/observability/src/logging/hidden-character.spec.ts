import { hiddenCharacterIn } from './hidden-character.js';

describe('a character that is not seen', () => {
  it.each([
    ['directions', [0x202a, 0x202b, 0x202c, 0x202d, 0x202e, 0x2066, 0x2067, 0x2068, 0x2069, 0x200e, 0x200f, 0x061c]],
    ['controls', [0x01, 0x07, 0x09, 0x0a, 0x0d, 0x1b, 0x1f, 0x7f, 0x80, 0x85, 0x9b, 0x9f]],
    ['nothing in width', [0x200b, 0x200c, 0x200d, 0x2060, 0xfeff, 0xad, 0xe0041]],
    ['lines', [0x2028, 0x2029]],
  ])('is named: %s', (_what, codes) => {
    for (const code of codes) {
      const name = `U+${code.toString(16).toUpperCase().padStart(4, '0')}`;
      expect(hiddenCharacterIn(`ada ${String.fromCodePoint(code)} again`)).toBe(name);
    }
  });

  it.each([
    '',
    'ada',
    'the gateway is back, INC-7',
    'São Tomé\u00a0& Co',
    '日本語　の理由',
    'السبب: تم',
    '👍🏽 “done” – 5 €',
  ])('is not in %j', (text) => expect(hiddenCharacterIn(text)).toBeUndefined());
});
