import { gzipSync } from 'node:zlib';

import { assert, nat, property, tuple } from 'fast-check';
import type { KafkaMessage } from 'kafkajs';
import crc32c from 'kafkajs/src/protocol/recordBatch/crc32C/index.js';
import fetchV11 from 'kafkajs/src/protocol/requests/fetch/v11/response.js';

import { MAX_BATCH_BYTES, registerCodecs } from './codecs.js';
import { FOREIGN_BATCHES } from './testing/foreign-batches.js';
import { isolateUnreadableBatches, unreadableOf } from './unreadable-batches.js';

const EXPECTED = Array.from({ length: 20 }, (_, n) => [`key-${n % 3}`, `a line that repeats itself ${n}`]);
const NAMES = Object.keys(FOREIGN_BATCHES);

interface Answer {
  readonly responses: readonly { readonly partitions: readonly { readonly messages: readonly KafkaMessage[] }[] }[];
}

/** A broker's answer to a fetch: one topic, each list of batches is one partition's. */
function answer(...partitions: readonly (readonly Buffer[])[]): Buffer {
  const topic = Buffer.alloc(2 + 1);
  topic.writeInt16BE(1);
  topic.write('t', 2);
  const parts = partitions.map((batches, partition) => {
    const header = Buffer.alloc(4 + 2 + 8 + 8 + 8 + 4 + 4 + 4);
    header.writeInt32BE(partition);
    const data = Buffer.concat(batches);
    header.writeInt32BE(data.length, header.length - 4);
    return Buffer.concat([header, data]);
  });
  const count = Buffer.alloc(4);
  count.writeInt32BE(parts.length);
  return Buffer.concat([Buffer.alloc(10), Buffer.from([0, 0, 0, 1]), topic, count, ...parts]);
}

async function read(...partitions: readonly (readonly Buffer[])[]): Promise<readonly (readonly KafkaMessage[])[]> {
  const { responses } = (await fetchV11.decode(answer(...partitions))) as Answer; // what `decode` gives
  return responses.flatMap((topic) => topic.partitions.map(({ messages }) => messages));
}

function batchOf(name: string): Buffer {
  return Buffer.from(FOREIGN_BATCHES[name] ?? Buffer.alloc(0));
}

function moved(batch: Buffer, baseOffset: bigint): Buffer {
  batch.writeBigInt64BE(baseOffset);
  return batch;
}

function signed(batch: Buffer): Buffer {
  batch.writeInt32BE(batch.length - 12, 8);
  batch.writeUInt32BE(crc32c(batch.subarray(21)), 17);
  return batch;
}

const texts = (messages: readonly KafkaMessage[]) => messages.map(({ key, value }) => [String(key), String(value)]);
const reasonsOf = (messages: readonly KafkaMessage[]) => messages.map((message) => unreadableOf(message)?.reason);

describe('the answer to a fetch', () => {
  beforeAll(() => {
    registerCodecs();
    isolateUnreadableBatches();
  });

  it.each(NAMES)('reads what a foreign producer compressed: %s', async (name) => {
    const [messages = []] = await read([batchOf(name)]);
    expect(texts(messages)).toEqual(EXPECTED);
  });

  it('reads several batches of a partition, and leaves the tail that the size limit cut off', async () => {
    const cut = moved(batchOf('Java lz4'), 20n).subarray(0, 200);
    const [messages = []] = await read([batchOf('Java gzip'), cut]);
    expect(texts(messages)).toEqual(EXPECTED);
  });

  it.each<[what: string, spoil: (batch: Buffer) => Buffer, reason: RegExp]>([
    ['a wrong checksum', (batch) => batch.fill(0, 30, 32), /checksum/],
    ['an unknown compression', (batch) => signed(batch.fill(5, 22, 23)), /compression 5/],
    ['damaged data', (batch) => signed(batch.fill(7, 61, 90)), /.+/],
    ['fewer records than it says', (batch) => signed(batch.fill(99, 60, 61)), /.+/],
    ['an unknown format', (batch) => batch.fill(3, 16, 17), /format 3/],
  ])('stops one partition before a batch with %s, and reads the others', async (_, spoil, reason) => {
    const bad = moved(spoil(batchOf('librdkafka lz4')), 20n);
    const behind = moved(batchOf('Java gzip'), 40n);
    const [first = [], second = []] = await read([batchOf('Java zstd'), bad, behind], [batchOf('Java snappy')]);
    expect(texts(first.slice(0, 20))).toEqual(EXPECTED);
    expect(texts(second)).toEqual(EXPECTED);
    expect(first).toHaveLength(21);
    expect(reasonsOf(first).at(-1)).toMatch(reason);
    const marker = first.at(-1);
    expect(marker && unreadableOf(marker)).toMatchObject({ first: '20', next: '40' });
    expect(marker?.offset).toBe('39');
  });

  it('takes a batch that holds too much for unreadable', async () => {
    const head = batchOf('Java gzip').subarray(0, 61);
    const bomb = signed(Buffer.concat([head, gzipSync(Buffer.alloc(MAX_BATCH_BYTES + 1))]));
    const [messages = []] = await read([bomb]);
    expect(messages).toHaveLength(1);
    expect(reasonsOf(messages)[0]).toBeDefined();
  });

  it('never throws, however the data is damaged', async () => {
    const damages = tuple(nat(), nat(), nat(255));
    const trials: Promise<readonly (readonly KafkaMessage[])[]>[] = [];
    assert(
      property(damages, ([which, at, byte]) => {
        const batch = batchOf(NAMES[which % NAMES.length] ?? '');
        batch[at % batch.length] = byte;
        trials.push(read([batch]));
      }),
      { numRuns: 300 },
    );
    for (const [messages = []] of await Promise.all(trials)) expect(messages.length).toBeLessThanOrEqual(20);
  });
});
