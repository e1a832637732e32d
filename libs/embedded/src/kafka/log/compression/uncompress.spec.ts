import { compressionsAlgorithms } from '@platformatic/kafka';
import { array, assert, property, string, uint8Array } from 'fast-check';

import { uncompress } from './uncompress.js';

const SNAPPY = 2;
const LZ4 = 3;

describe.each([
  ['snappy', SNAPPY],
  ['lz4', LZ4],
] as const)('uncompressing %s', (name, code) => {
  const compress = (plain: Uint8Array): Buffer => compressionsAlgorithms[name].compressSync(Buffer.from(plain));

  it('gives back what a foreign compressor was given: random bytes, and text that repeats near and far', () => {
    const words = array(string({ maxLength: 12 }), { maxLength: 8 });
    const text = array(words, { maxLength: 400 }).map((lines) => Buffer.from(lines.flat().join(' ').repeat(3)));
    const isGivenBack = (plain: Uint8Array): boolean => uncompress(compress(plain), code)?.equals(plain) === true;
    assert(property(uint8Array({ maxLength: 2_000 }), isGivenBack));
    assert(property(text, isGivenBack));
    expect(isGivenBack(Buffer.alloc(1_000_000, 'abc'))).toBe(true);
  });

  it('never throws and never goes beyond 64 MB, whatever the bytes are', () => {
    const data = compress(Buffer.from('a log line that repeats itself '.repeat(100)));
    assert(
      property(uint8Array({ minLength: data.length, maxLength: data.length }), (noise) => {
        const damaged = Buffer.from(
          data.map((byte, index) => ((noise[index] ?? 0) < 16 ? (noise[index] ?? 0) * 16 : byte)),
        );
        expect((uncompress(damaged, code)?.length ?? 0) <= 64 * 1024 * 1024).toBe(true);
        uncompress(Buffer.from(noise), code);
        uncompress(data.subarray(0, noise[0]), code);
      }),
    );
  });
});

it('opens snappy in the chunks that Java writes', () => {
  const chunk = (text: string): Buffer => {
    const data = compressionsAlgorithms.snappy.compressSync(Buffer.from(text));
    const length = Buffer.alloc(4);
    length.writeInt32BE(data.length);
    return Buffer.concat([length, data]);
  };
  const header = Buffer.from([0x82, ...Buffer.from('SNAPPY'), 0, 0, 0, 0, 1, 0, 0, 0, 1]);
  const framed = Buffer.concat([header, chunk('one '.repeat(50)), chunk('two '.repeat(50))]);
  expect(uncompress(framed, SNAPPY)?.toString()).toBe('one '.repeat(50) + 'two '.repeat(50));
});
