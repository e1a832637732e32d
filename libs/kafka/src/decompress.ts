import { promisify } from 'node:util';
import zlib from 'node:zlib';

import { sizeOfLz4 } from './lz4-size.js';

/** What a batch may hold when it is open; one that holds more can't be read. Brokers take batches of 1 MB by default. */
export const MAX_BATCH_BYTES = 64 * 1024 * 1024;

const LIMIT = { maxOutputLength: MAX_BATCH_BYTES };
const unzip = promisify<Buffer, zlib.ZlibOptions, Buffer>(zlib.unzip);

/** By the code in a batch's attributes. The decoders are loaded at their first use. */
const DECOMPRESS: readonly (((data: Buffer) => Promise<Buffer>) | undefined)[] = [
  undefined,
  (data) => unzip(data, LIMIT),
  unsnappy,
  unlz4,
  unzstd,
];

/** The codes that a compressed batch may name. */
export const CODECS = DECOMPRESS.flatMap((decompress, code) => (decompress ? [code] : []));

/** Every compression that Kafka has, as Java's and librdkafka's producers write it. @throws when the code is unknown or the data is damaged */
export async function decompress(code: number, data: Buffer): Promise<Buffer> {
  const open = DECOMPRESS[code];
  if (!open) throw new Error(`compression ${code} is unknown`);
  return open(data);
}

/** Java's clients (xerial's snappy-java) put chunks behind this header; librdkafka writes one block without any. */
const XERIAL_MAGIC = Buffer.from([0x82, 0x53, 0x4e, 0x41, 0x50, 0x50, 0x59, 0x00]);
const XERIAL_HEADER_BYTES = XERIAL_MAGIC.length + 8;

async function unsnappy(data: Buffer): Promise<Buffer> {
  if (!data.subarray(0, XERIAL_MAGIC.length).equals(XERIAL_MAGIC)) return unsnappyBlock(data, MAX_BATCH_BYTES);
  const blocks: Buffer[] = [];
  let left = MAX_BATCH_BYTES;
  for (let at = XERIAL_HEADER_BYTES; at < data.length;) {
    const start = at + 4;
    at = start + data.readUInt32BE(at);
    if (at > data.length) throw new RangeError('a snappy chunk ends behind the data');
    const block = await unsnappyBlock(data.subarray(start, at), left);
    left -= block.length;
    blocks.push(block);
  }
  return Buffer.concat(blocks);
}

async function unsnappyBlock(block: Buffer, maxBytes: number): Promise<Buffer> {
  if (sizeOfSnappy(block) > maxBytes) throw new RangeError(`more than ${MAX_BATCH_BYTES} bytes`);
  const plain = await (await import('snappy')).uncompress(block, { asBuffer: true });
  return Buffer.isBuffer(plain) ? plain : Buffer.from(plain);
}

/** A block begins with its size when it is open, as a varint. */
function sizeOfSnappy(block: Buffer): number {
  let size = 0;
  for (let at = 0; at < 5; at += 1) {
    const byte = block.readUInt8(at);
    size += (byte & 0x7f) * 2 ** (7 * at);
    if (byte < 0x80) return size;
  }
  throw new RangeError('no snappy block');
}

/** No byte makes more than so many. */
const LZ4_RATIO = 255;

/** The decoder has no limit of its own. */
async function unlz4(data: Buffer): Promise<Buffer> {
  const mayBeTooLong = data.length * LZ4_RATIO > MAX_BATCH_BYTES;
  if (mayBeTooLong && sizeOfLz4(data) > MAX_BATCH_BYTES) throw new RangeError(`more than ${MAX_BATCH_BYTES} bytes`);
  return (await import('lz4-napi')).decompressFrame(data);
}

/** By Node itself from 22.15 on. */
async function unzstd(data: Buffer): Promise<Buffer> {
  if ('zstdDecompress' in zlib && typeof zlib.zstdDecompress === 'function') {
    const open = promisify<Buffer, typeof LIMIT, Buffer>(zlib.zstdDecompress as never); // typed from Node 22.15 on
    return open(data, LIMIT);
  }
  const { Decompress } = await import('fzstd');
  const parts: Uint8Array[] = [];
  let size = 0;
  const stream = new Decompress((part) => {
    size += part.length;
    if (size > MAX_BATCH_BYTES) throw new RangeError(`more than ${MAX_BATCH_BYTES} bytes`);
    parts.push(part);
  });
  stream.push(data, true);
  return Buffer.concat(parts);
}
