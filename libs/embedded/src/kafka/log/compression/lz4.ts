import { DecodedBytes } from './decoded-bytes.js';

const MAGIC = 0x184d2204;
const FRAME_FLAGS_AT = 4;
const SMALLEST_HEADER_SIZE = 7;
const FLAG_BLOCK_CHECKSUM = 0x10;
const FLAG_CONTENT_SIZE = 0x08;
const FLAG_DICTIONARY = 0x01;
const STORED_BLOCK = 0x80000000;
const SHORTEST_MATCH = 4;
/** A length of 15 in a token continues in the bytes that follow, up to and with the first that isn't 255. */
const LENGTH_GOES_ON = 15;

/**
 * An LZ4 frame, as all Kafka clients write it. Checksums aren't looked at: the batch's own has been. Format: lz4/lz4,
 * lz4_Frame_format.md and lz4_Block_format.md. @throws RangeError if the data is damaged or too much.
 */
export function unlz4(data: Buffer, maxBytes: number): Buffer {
  if (data.readUInt32LE(0) !== MAGIC) throw new RangeError('no LZ4 frame');
  const flags = data.readUInt8(FRAME_FLAGS_AT);
  const isSet = (flag: number): boolean => (flags & flag) !== 0;
  const checksumSize = isSet(FLAG_BLOCK_CHECKSUM) ? 4 : 0;
  const output = new DecodedBytes(maxBytes);
  let at = SMALLEST_HEADER_SIZE + (isSet(FLAG_CONTENT_SIZE) ? 8 : 0) + (isSet(FLAG_DICTIONARY) ? 4 : 0);
  for (let word = data.readUInt32LE(at); word !== 0; word = data.readUInt32LE(at)) {
    const start = at + 4;
    const end = start + (word & ~STORED_BLOCK);
    if (end > data.length) throw new RangeError('a block ends behind the data');
    if (word >= STORED_BLOCK) output.append(data, start, end);
    else decodeBlock(data.subarray(start, end), output);
    at = end + checksumSize;
  }
  return output.toBuffer();
}

function decodeBlock(block: Buffer, output: DecodedBytes): void {
  let at = 0;
  const lengthFrom = (nibble: number): number => {
    if (nibble < LENGTH_GOES_ON) return nibble;
    let length = nibble;
    for (;;) {
      const byte = block.readUInt8(at++);
      length += byte;
      if (byte !== 255) return length;
    }
  };
  while (at < block.length) {
    const token = block.readUInt8(at++);
    const literals = lengthFrom(token >>> 4);
    output.append(block, at, at + literals);
    at += literals;
    if (at >= block.length) return; // The last sequence has no match.
    const distance = block.readUInt16LE(at);
    at += 2;
    output.repeat(distance, lengthFrom(token & 0x0f) + SHORTEST_MATCH);
  }
}
