import { gzipSync } from 'node:zlib';

import { asyncProperty, assert, nat, tuple } from 'fast-check';

import type { AbortedTransaction } from '../aborted-producers.js';
import { MAX_BATCH_BYTES } from '../decompress.js';
import type { ConsumedRecord } from '../kafka-client.js';
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
import { readBatches } from './read-batches.js';

const NAMES = Object.keys(FOREIGN_BATCHES);

const read = (batches: readonly Buffer[], from = 0n, aborted: readonly AbortedTransaction[] = []) =>
  readBatches(Buffer.concat(batches), from, aborted);
const texts = (records: readonly ConsumedRecord[]) => records.map(({ key, value }) => [String(key), String(value)]);

describe('the batches of a partition', () => {
  it.each(NAMES)('are read as a foreign producer compressed them: %s', async (name) => {
    const { records, lastOffset, unreadable } = await read([batchOf(name)]);
    expect(texts(records)).toEqual(FOREIGN_RECORDS);
    expect([lastOffset, unreadable]).toEqual([19n, undefined]);
    expect(records.every(({ timestampMs }) => Math.abs(timestampMs - Date.UTC(2026, 0)) < 366 * 86_400_000)).toBe(true);
  });

  it('are read up to the tail that the size limit cut off', async () => {
    const cut = moved(batchOf('Java lz4'), 20n).subarray(0, 200);
    const { records, lastOffset } = await read([batchOf('Java gzip'), cut]);
    expect(texts(records)).toEqual(FOREIGN_RECORDS);
    expect(lastOffset).toBe(19n);
  });

  it('are read from the middle of one on', async () => {
    const { records, lastOffset } = await read([batchOf('Java gzip')], 15n);
    expect(records.map(({ offset }) => offset)).toEqual(['15', '16', '17', '18', '19']);
    expect(lastOffset).toBe(19n);
  });

  it.each(DAMAGES)('are read up to one with %s', async (_, spoil, reason) => {
    const bad = moved(spoil(batchOf('librdkafka lz4')), 20n);
    const behind = moved(batchOf('Java gzip'), 40n);
    const { records, lastOffset, unreadable } = await read([batchOf('Java zstd'), bad, behind]);
    expect(texts(records)).toEqual(FOREIGN_RECORDS);
    expect(lastOffset).toBe(19n);
    expect(unreadable).toMatchObject({ first: '20', next: '40', reason: expect.stringMatching(reason) });
  });

  it('are passed over where their records were compacted away', async () => {
    const empty = batchOf('Java gzip').subarray(0, 61);
    empty.writeInt32BE(0, 57);
    const { records, lastOffset, unreadable } = await read([signed(empty)]);
    expect([records, lastOffset, unreadable]).toEqual([[], 19n, undefined]);
  });

  it('are unreadable where they hold too much', async () => {
    const head = batchOf('Java gzip').subarray(0, 61);
    const bomb = signed(Buffer.concat([head, gzipSync(Buffer.alloc(MAX_BATCH_BYTES + 1))]));
    expect((await read([bomb])).unreadable).toBeDefined();
  });

  it('never make it throw, however they are damaged', async () => {
    await assert(
      asyncProperty(tuple(nat(), nat(), nat(255)), async ([which, at, byte]) => {
        const batch = batchOf(NAMES[which % NAMES.length] ?? '');
        batch[at % batch.length] = byte;
        expect((await read([batch])).records.length).toBeLessThanOrEqual(20);
      }),
      { numRuns: 300 },
    );
  });

  it('F60: are left out where their transaction was aborted, up to its end and no further', async () => {
    const producer = 7n;
    const [written, kept] = [20n, 41n].map((offset) => batchBy(producer, offset, TRANSACTIONAL, batchOf('Java gzip')));
    const end = batchBy(producer, 40n, TRANSACTIONAL | CONTROL, abortMarker());
    const aborted = [{ producerId: producer, firstOffset: 20n }];
    const other = batchOf('Java lz4');
    const { records, lastOffset } = await read(
      [other, written, end, kept].flatMap((one) => one ?? []),
      0n,
      aborted,
    );
    expect(records.map(({ offset }) => Number(offset))).toEqual([...numbers(0, 20), ...numbers(41, 20)]);
    expect(lastOffset).toBe(60n);
  });
});

function numbers(from: number, count: number): number[] {
  return Array.from({ length: count }, (_, index) => from + index);
}
