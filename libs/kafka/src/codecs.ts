import { promisify } from 'node:util';
import zlib from 'node:zlib';

import kafkajs from 'kafkajs';

/** What a batch may hold when it is open; one that holds more can't be read. Brokers take batches of 1 MB by default. */
export const MAX_BATCH_BYTES = 64 * 1024 * 1024;

/** What kafkajs writes and reads batches by. */
interface Codec {
  compress(encoder: { readonly buffer: Buffer }): Promise<Buffer>;
  decompress(data: Buffer): Promise<Buffer>;
}

const LIMIT = { maxOutputLength: MAX_BATCH_BYTES };
const gzip = promisify(zlib.gzip);
const unzip = promisify<Buffer, zlib.ZlibOptions, Buffer>(zlib.unzip);

/** By the code in a batch's attributes. We write none of them but gzip; foreign producers write all. */
const CODECS: Readonly<Record<number, Codec>> = {
  1: { compress: ({ buffer }) => gzip(buffer), decompress: (data) => unzip(data, LIMIT) },
  2: readOnly('snappy', unsnappy),
  3: readOnly('lz4', async (data) => (await import('lz4-napi')).decompressFrame(data)),
  4: readOnly('zstd', unzstd),
};

/** The highest code that a batch may name. */
export const LAST_CODEC = 4;

/** Lets every kafkajs client of the process read all compressions that Kafka has. The decoders are loaded at their first use. */
export function registerCodecs(): void {
  for (const [code, codec] of Object.entries(CODECS)) Object.assign(kafkajs.CompressionCodecs, { [code]: () => codec });
}

function readOnly(name: string, decompress: Codec['decompress']): Codec {
  return {
    compress: async () => {
      throw new Error(`Nothing is published with ${name}`);
    },
    decompress,
  };
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
