const MAGIC = 0x184d2204;
/** Magic, flags, block size, and behind what is optional a checksum. */
const HEADER_BYTES = 7;
const [HAS_DICTIONARY, HAS_SIZE, HAS_BLOCK_CHECKSUMS] = [1 << 0, 1 << 3, 1 << 4];
/** Of a block's length: it isn't compressed. */
const PLAIN = 0x80000000;
const SHORTEST_MATCH = 4;

/**
 * How many bytes an lz4 frame opens into, without opening it: what it says about that itself is optional, and may be wrong.
 * @throws RangeError when it is no frame
 */
export function sizeOfLz4(frame: Buffer): number {
  if (frame.readUInt32LE(0) !== MAGIC) throw new RangeError('no lz4 frame');
  const flags = frame.readUInt8(4);
  const checksumBytes = (flags & HAS_BLOCK_CHECKSUMS) === 0 ? 0 : 4;
  let at = HEADER_BYTES + ((flags & HAS_SIZE) === 0 ? 0 : 8) + ((flags & HAS_DICTIONARY) === 0 ? 0 : 4);
  let size = 0;
  while (at + 4 <= frame.length) {
    const length = frame.readUInt32LE(at);
    if (length === 0) break;
    const bytes = length % PLAIN;
    const block = frame.subarray(at + 4, at + 4 + bytes);
    size += length < PLAIN ? sizeOfBlock(block) : block.length;
    at += 4 + bytes + checksumBytes;
  }
  return size;
}

/** Literals and matches in turn, each with its length. */
function sizeOfBlock(block: Buffer): number {
  let [at, size] = [0, 0];
  const lengthOf = (nibble: number): number => {
    let length = nibble;
    for (let byte = nibble === 15 ? 255 : 0; byte === 255; length += byte) byte = block[at++] ?? 0;
    return length;
  };
  while (at < block.length) {
    const token = block[at++] ?? 0;
    const literals = lengthOf(token >>> 4);
    at += literals;
    size += literals;
    if (at >= block.length) break; // the last are literals alone
    at += 2; // where the match is
    size += lengthOf(token & 15) + SHORTEST_MATCH;
  }
  return size;
}
