import { crc32c } from './crc32c.js';

describe('crc32c', () => {
  it.each([
    ['', 0],
    ['123456789', 0xe3069283],
    ['\0'.repeat(32), 0x8a9136aa],
  ])('of %j is the one of RFC 3720', (text, expected) => {
    expect(crc32c(Buffer.from(text))).toBe(expected);
  });
});
