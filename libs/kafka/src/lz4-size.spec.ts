import { assert, property, uint8Array, nat, constantFrom } from 'fast-check';
import { compressFrameSync } from 'lz4-napi';

import { decompress, MAX_BATCH_BYTES } from './decompress.js';
import { sizeOfLz4 } from './lz4-size.js';

const LZ4 = 3;

describe('the size of an lz4 frame', () => {
  it.each([0, 1, 14, 15, 16, 269, 270, 65_535, 65_536, 65_537, 1_000_000])(
    'is known before it is opened: %d equal bytes',
    (bytes) => {
      expect(sizeOfLz4(compressFrameSync(Buffer.alloc(bytes, 'x')))).toBe(bytes);
    },
  );

  it('is known whatever is in it', () => {
    assert(
      property(uint8Array({ maxLength: 400 }), nat(2_000), constantFrom(0, 1, 3, 200), (random, times, zeros) => {
        const part = Buffer.concat([random, Buffer.alloc(zeros)]);
        const data = Buffer.concat(Array.from({ length: times % 300 }, () => part));
        expect(sizeOfLz4(compressFrameSync(data))).toBe(data.length);
      }),
    );
  });

  it('is refused beyond what a batch may hold, and not one byte earlier', async () => {
    const most = Buffer.alloc(MAX_BATCH_BYTES);
    expect(await decompress(LZ4, compressFrameSync(most))).toHaveLength(MAX_BATCH_BYTES);
    const more = compressFrameSync(Buffer.concat([most, Buffer.alloc(1)]));
    await expect(decompress(LZ4, more)).rejects.toThrow(`more than ${MAX_BATCH_BYTES} bytes`);
  });
});
