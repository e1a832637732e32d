import { promisify } from 'node:util';
import zlib from 'node:zlib';

import kafkajs from 'kafkajs';

import { CODECS, decompress } from '../decompress.js';

/** What kafkajs writes and reads batches by. */
interface Codec {
  compress(encoder: { readonly buffer: Buffer }): Promise<Buffer>;
  decompress(data: Buffer): Promise<Buffer>;
}

const GZIP = 1;
const gzip = promisify(zlib.gzip);

/**
 * Lets every kafkajs client of the process read all compressions that Kafka has, up to the limit of a batch, where it decodes by itself:
 * messages of the formats before 0.11, and all that brokers before Kafka 2.3 answer. We write none, and can write gzip.
 */
export function registerCodecs(): void {
  for (const code of CODECS) {
    const codec: Codec = {
      compress: code === GZIP ? ({ buffer }) => gzip(buffer) : refuse,
      decompress: (data) => decompress(code, data),
    };
    Object.assign(kafkajs.CompressionCodecs, { [code]: () => codec });
  }
}

async function refuse(): Promise<never> {
  throw new Error('Nothing is published with this compression');
}
