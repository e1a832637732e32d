import * as zlib from 'node:zlib';

import { unlz4 } from './lz4.js';
import { unsnappy } from './snappy.js';

const MAX_UNCOMPRESSED_BYTES = 64 * 1024 * 1024;

/** By the code in a batch's attributes. */
const UNCOMPRESS: Readonly<Record<number, (records: Buffer) => Buffer | undefined>> = {
  0: (records) => records,
  1: (records) => zlib.gunzipSync(records, { maxOutputLength: MAX_UNCOMPRESSED_BYTES }),
  2: (records) => unsnappy(records, MAX_UNCOMPRESSED_BYTES),
  3: (records) => unlz4(records, MAX_UNCOMPRESSED_BYTES),
  4: unzstd,
};

/** A batch's records, or undefined if they can't be opened: zstd before Node 22.15, or not what the attributes say. */
export function uncompress(records: Buffer, compression: number): Buffer | undefined {
  try {
    return UNCOMPRESS[compression]?.(records);
  } catch {
    return undefined; // The checksum was right, so the producer wrote it like this: its readers will complain.
  }
}

function unzstd(records: Buffer): Buffer | undefined {
  if (!('zstdDecompressSync' in zlib) || typeof zlib.zstdDecompressSync !== 'function') return undefined;
  const plain: unknown = zlib.zstdDecompressSync(records, { maxOutputLength: MAX_UNCOMPRESSED_BYTES });
  return Buffer.isBuffer(plain) ? plain : undefined;
}
