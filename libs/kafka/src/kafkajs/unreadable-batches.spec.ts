import { gzipSync } from 'node:zlib';

import { assert, nat, property, tuple } from 'fast-check';
import type { KafkaMessage } from 'kafkajs';
import Decoder from 'kafkajs/src/protocol/decoder.js';
import fetchV11 from 'kafkajs/src/protocol/requests/fetch/v11/response.js';
import type { MessageToSend } from 'kafkajs/src/protocol/requests/produce/index.js';

import type { AbortedTransaction } from '../aborted-producers.js';
import { MAX_BATCH_BYTES } from '../decompress.js';
import { CONTROL, TRANSACTIONAL } from '../record-batch.js';
import {
  abortMarker,
  batchBy,
  batchOf,
  DAMAGES,
  FOREIGN_BATCHES,
  FOREIGN_RECORDS,
  moved,
  signed,
} from '../testing/foreign-batches.js';
import { encodeProduce } from './produce-request.js';
import { registerCodecs } from './register-codecs.js';
import { isolateUnreadableBatches, unreadableOf } from './unreadable-batches.js';

const NAMES = Object.keys(FOREIGN_BATCHES);
const PLAIN_MESSAGES = FOREIGN_RECORDS.map(([key, value = '']) => ({ key: key ?? null, value, headers: { a: 'b' } }));

interface Answer {
  readonly responses: readonly { readonly partitions: readonly AnsweredPartition[] }[];
}

interface AnsweredPartition {
  readonly messages: readonly KafkaMessage[];
  readonly abortedTransactions: readonly unknown[];
}

/** A broker's answer to a fetch: one topic, each list of batches is one partition's. */
function answer(partitions: readonly (readonly Buffer[])[], aborted: readonly AbortedTransaction[] = []): Buffer {
  const topic = Buffer.alloc(2 + 1);
  topic.writeInt16BE(1);
  topic.write('t', 2);
  const parts = partitions.map((batches, partition) => {
    const header = Buffer.alloc(4 + 2 + 8 + 8 + 8 + 4 + aborted.length * 16 + 4 + 4);
    header.writeInt32BE(partition);
    header.writeInt32BE(aborted.length, 30);
    for (const [index, { producerId, firstOffset }] of aborted.entries()) {
      header.writeBigInt64BE(producerId, 34 + index * 16);
      header.writeBigInt64BE(firstOffset, 42 + index * 16);
    }
    const data = Buffer.concat(batches);
    header.writeInt32BE(data.length, header.length - 4);
    return Buffer.concat([header, data]);
  });
  const count = Buffer.alloc(4);
  count.writeInt32BE(parts.length);
  return Buffer.concat([Buffer.alloc(10), Buffer.from([0, 0, 0, 1]), topic, count, ...parts]);
}

/** A batch without compression, by itself of the same records as the others. */
function plainBatch(messages: readonly MessageToSend[] = PLAIN_MESSAGES): Buffer {
  const partitions = [{ partition: 0, messages }];
  return encodeProduce({ acks: -1, timeout: 1, topicData: [{ topic: '', partitions }] }).subarray(26);
}

/** As brokers before 0.11 keep it, at offset 7. */
function oldMessage(format: number, value: string | Buffer): Buffer {
  const head = Buffer.alloc(format === 0 ? 18 : 26); // offset, length, checksum, format, attributes, from 1 on a timestamp
  head.writeBigInt64BE(7n);
  head.writeInt8(format, 16);
  const [noKey, bytes, data] = [
    Buffer.alloc(4, 0xff),
    Buffer.alloc(4),
    typeof value === 'string' ? Buffer.from(value) : value,
  ];
  bytes.writeInt32BE(data.length);
  const message = Buffer.concat([head, noKey, bytes, data]);
  message.writeInt32BE(message.length - 12, 8);
  return message;
}

async function read(...partitions: readonly (readonly Buffer[])[]): Promise<readonly (readonly KafkaMessage[])[]> {
  const { responses } = (await fetchV11.decode(answer(partitions))) as Answer; // what `decode` gives
  return responses.flatMap((topic) => topic.partitions.map(({ messages }) => messages));
}

/** One partition's, as kafkajs would deliver them. */
async function deliver(batches: readonly Buffer[], aborted: readonly AbortedTransaction[] = []) {
  const { responses } = (await fetchV11.decode(answer([batches], aborted))) as Answer;
  const [{ messages, abortedTransactions } = { messages: [], abortedTransactions: [] }] =
    responses[0]?.partitions ?? [];
  expect(abortedTransactions).toEqual([]); // which leaves it nothing to filter but control records
  const delivered = (messages as readonly (KafkaMessage & { readonly isControlRecord: boolean })[])
    .filter(({ isControlRecord }) => !isControlRecord)
    .map(({ value }) => String(value));
  return { delivered, lastOffset: messages.at(-1)?.offset };
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
    expect(texts(messages)).toEqual(FOREIGN_RECORDS);
  });

  it('reads several batches of a partition, and leaves the tail that the size limit cut off', async () => {
    const cut = moved(batchOf('Java lz4'), 20n).subarray(0, 200);
    const [messages = []] = await read([batchOf('Java gzip'), cut]);
    expect(texts(messages)).toEqual(FOREIGN_RECORDS);
  });

  it.each(DAMAGES)('stops one partition before a batch with %s, and reads the others', async (_, spoil, reason) => {
    const bad = moved(spoil(batchOf('librdkafka lz4')), 20n);
    const behind = moved(batchOf('Java gzip'), 40n);
    const [first = [], second = []] = await read([batchOf('Java zstd'), bad, behind], [batchOf('Java snappy')]);
    expect(texts(first.slice(0, 20))).toEqual(FOREIGN_RECORDS);
    expect(texts(second)).toEqual(FOREIGN_RECORDS);
    expect(first).toHaveLength(21);
    expect(reasonsOf(first).at(-1)).toMatch(reason);
    const marker = first.at(-1);
    expect(marker && unreadableOf(marker)).toMatchObject({ first: '20', next: '40' });
    expect(marker?.offset).toBe('39');
  });

  it.each(['plain', ...NAMES])(
    "reads no record with kafkajs' decoder, which copies all headers for each: %s",
    async (name) => {
      const field = jest.spyOn(Decoder.prototype, 'readVarLong');
      const [messages = []] = await read([name === 'plain' ? plainBatch() : batchOf(name)]);
      expect(texts(messages)).toEqual(FOREIGN_RECORDS);
      expect(field).not.toHaveBeenCalled();
      field.mockRestore();
    },
  );

  it('reads a small batch that opens into a record of many headers', async () => {
    const headers = Object.fromEntries(Array.from({ length: 20_000 }, (_, n) => [`h${n}`, 'v']));
    const plain = plainBatch([{ value: 'v', headers }]);
    const head = Buffer.from(plain.subarray(0, 61));
    head.writeInt16BE(1, 21);
    const [messages = []] = await read([signed(Buffer.concat([head, gzipSync(plain.subarray(61))]))]);
    expect(Object.keys(messages[0]?.headers ?? {})).toHaveLength(20_000);
  });

  it.each(DAMAGES)('stops before %s in a batch that is not compressed', async (_, spoil, reason) => {
    const [messages = []] = await read([plainBatch(), moved(spoil(plainBatch()), 20n)]);
    expect(messages).toHaveLength(21);
    expect(reasonsOf(messages).at(-1)).toMatch(reason);
  });

  it('takes a batch that holds too much for unreadable', async () => {
    const head = batchOf('Java gzip').subarray(0, 61);
    const bomb = signed(Buffer.concat([head, gzipSync(Buffer.alloc(MAX_BATCH_BYTES + 1))]));
    const [messages = []] = await read([bomb]);
    expect(messages).toHaveLength(1);
    expect(reasonsOf(messages)[0]).toBeDefined();
  });

  it.each([0, 1])('moves past a batch whose records were compacted away, of compression %d', async (compression) => {
    const empty = Buffer.from(plainBatch().subarray(0, 61));
    empty.writeInt16BE(compression, 21);
    empty.writeInt32BE(0, 57);
    expect(await deliver([signed(empty)])).toEqual({ delivered: [], lastOffset: '19' });
    const behind = moved(plainBatch([{ value: 'kept' }]), 20n);
    expect(await deliver([signed(empty), behind])).toEqual({ delivered: ['kept'], lastOffset: '20' });
  });

  it('moves past a batch whose last records were compacted away', async () => {
    const short = plainBatch([{ value: 'kept' }]);
    short.writeInt32BE(4, 23);
    expect(await deliver([signed(short)])).toEqual({ delivered: ['kept'], lastOffset: '4' });
  });

  it.each([0, 1])('reads a message of format %d', async (format) => {
    expect(await deliver([oldMessage(format, 'kept')])).toEqual({ delivered: ['kept'], lastOffset: '7' });
  });

  it('takes messages of an old format that are cut off for unreadable, and nothing behind them', async () => {
    const cut = oldMessage(
      1,
      gzipSync(oldMessage(1, 'a value that makes it longer than the header of a batch').subarray(0, -1)),
    );
    cut.writeInt8(1, 17);
    const [messages = []] = await read([cut]);
    expect(messages.map(({ offset }) => offset)).toEqual(['7']);
    expect(messages.map((message) => unreadableOf(message))).toMatchObject([{ first: '7', next: '8' }]);
  });

  it('F60: leaves out what two transactions wrote that overlap and were aborted, each up to its own end', async () => {
    const write = (producer: bigint, offset: bigint, value: string) =>
      batchBy(producer, offset, TRANSACTIONAL, plainBatch([{ value }]));
    const abort = (producer: bigint, offset: bigint) =>
      batchBy(producer, offset, TRANSACTIONAL | CONTROL, abortMarker());
    const batches = [
      write(1n, 0n, 'aborted'),
      write(2n, 1n, 'aborted'),
      abort(2n, 2n),
      write(2n, 3n, 'kept, of the next transaction'),
      write(1n, 4n, 'aborted'),
      moved(plainBatch([{ value: 'kept, of no transaction' }]), 5n),
      abort(1n, 6n),
    ];
    const aborted = [
      { producerId: 2n, firstOffset: 1n },
      { producerId: 1n, firstOffset: 0n },
    ];
    const { delivered, lastOffset } = await deliver(batches, aborted);
    expect(delivered).toEqual(['kept, of the next transaction', 'kept, of no transaction']);
    expect(lastOffset).toBe('6');
  });

  it('F60: takes no key of an aborted transaction for its end', async () => {
    const end = { key: Buffer.alloc(4), value: 'aborted' };
    const batch = batchBy(1n, 0n, TRANSACTIONAL, plainBatch([end, { value: 'aborted' }, { value: 'aborted' }]));
    const { delivered, lastOffset } = await deliver([batch], [{ producerId: 1n, firstOffset: 0n }]);
    expect(delivered).toEqual([]);
    expect(lastOffset).toBe('2');
  });

  it('leaves to the next fetch what follows more than a batch may hold', async () => {
    const zipped = (messages: readonly MessageToSend[]) => {
      const plain = plainBatch(messages);
      plain.writeInt16BE(1, 21);
      return signed(Buffer.concat([plain.subarray(0, 61), gzipSync(plain.subarray(61), { level: 1 })]));
    };
    const half = zipped([{ value: Buffer.alloc(MAX_BATCH_BYTES / 2) }]);
    const batches = [half, ...[1n, 2n, 3n].map((offset) => moved(Buffer.from(half), offset))];
    const [first = [], second = [], third = []] = await read([], batches, [plainBatch()]);
    expect([first, second, third].map(({ length }) => length)).toEqual([0, 2, 0]);
    expect(second.map((message) => unreadableOf(message))).toEqual([undefined, undefined]);
  });

  it('leaves to the next fetch what follows more records and headers than a batch may have', async () => {
    const headers = { repeated: Array.from({ length: 300_000 }, () => '') };
    const batch = plainBatch([{ value: '', headers }]);
    const [messages = []] = await read([0n, 1n, 2n, 3n, 4n].map((offset) => moved(Buffer.from(batch), offset)));
    expect(messages.map(({ offset }) => offset)).toEqual(['0', '1', '2', '3']);
  }, 30_000);

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
