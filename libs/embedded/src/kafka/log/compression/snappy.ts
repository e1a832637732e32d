import { DecodedBytes } from './decoded-bytes.js';

/** Java's clients (xerial's snappy-java) put chunks behind this header; librdkafka writes one chunk without any. */
const XERIAL_MAGIC = Buffer.from([0x82, 0x53, 0x4e, 0x41, 0x50, 0x50, 0x59, 0x00]);
const XERIAL_HEADER_SIZE = XERIAL_MAGIC.length + 8;
const CHUNK_LENGTH_SIZE = 4;
/** Literal lengths up to this stand in the tag; a larger code says how many bytes behind it hold the length. */
const LONGEST_INLINE_LITERAL = 60;

/** Framed or not. Format: google/snappy, format_description.txt. @throws RangeError if the data is damaged or too much. */
export function unsnappy(data: Buffer, maxBytes: number): Buffer {
  const output = new DecodedBytes(maxBytes);
  if (!data.subarray(0, XERIAL_MAGIC.length).equals(XERIAL_MAGIC)) {
    decodeChunk(data, output);
    return output.toBuffer();
  }
  for (let at = XERIAL_HEADER_SIZE; at < data.length;) {
    const start = at + CHUNK_LENGTH_SIZE;
    at = start + data.readInt32BE(at);
    if (at < start || at > data.length) throw new RangeError('a chunk ends behind the data');
    decodeChunk(data.subarray(start, at), output);
  }
  return output.toBuffer();
}

function decodeChunk(chunk: Buffer, output: DecodedBytes): void {
  for (let at = endOfVarint(chunk); at < chunk.length;) {
    const tag = chunk.readUInt8(at++);
    const code = tag >>> 2;
    switch (tag & 0b11) {
      case 0: {
        const lengthBytes = Math.max(0, code + 1 - LONGEST_INLINE_LITERAL);
        const length = (lengthBytes === 0 ? code : chunk.readUIntLE(at, lengthBytes)) + 1;
        at += lengthBytes;
        output.append(chunk, at, at + length);
        at += length;
        break;
      }
      case 1:
        output.repeat(((tag >>> 5) << 8) | chunk.readUInt8(at), (code & 0b111) + 4);
        at += 1;
        break;
      case 2:
        output.repeat(chunk.readUInt16LE(at), code + 1);
        at += 2;
        break;
      default:
        output.repeat(chunk.readUInt32LE(at), code + 1);
        at += 4;
    }
  }
}

/** A chunk begins with its decoded size, which we don't need. */
function endOfVarint(chunk: Buffer): number {
  let at = 0;
  while (chunk.readUInt8(at) >= 0x80) at++;
  return at + 1;
}
