import * as fc from 'fast-check';
import Decoder from 'kafkajs/src/protocol/decoder.js';
import decodeRecordBatch from 'kafkajs/src/protocol/recordBatch/v0/decoder.js';
import type { MessageToSend } from 'kafkajs/src/protocol/requests/produce/index.js';
import requestV3 from 'kafkajs/src/protocol/requests/produce/v3/request.js';

import { APPEND_TIME, ATTRIBUTES_AT, CONTROL, COUNT_AT, TRANSACTIONAL } from '../record-batch.js';
import { moved } from '../testing/foreign-batches.js';
import { readRecords } from './read-records.js';
import { toRecord } from './to-record.js';

const recordsOf = (batch: Buffer) => readRecords(batch).records;
type Read = ReturnType<typeof recordsOf>;

/** As kafkajs writes it, behind a topic without a name. */
async function batchOf(messages: readonly MessageToSend[]): Promise<Buffer> {
  const topicData = [{ topic: '', partitions: [{ partition: 0, messages }] }];
  const { buffer } = await requestV3({ acks: -1, timeout: 1, producerId: -1, topicData }).encode();
  return Buffer.from(buffer.subarray(26));
}

/** What a consumer sees of them, and what kafkajs looks at. */
const seen = (records: Read) =>
  records.map((message) => ({
    ...toRecord(message),
    attributes: message.attributes,
    isControlRecord: message.isControlRecord,
    producerId: message.batchContext.producerId,
    inTransaction: message.batchContext.inTransaction,
  }));

async function ofKafkajs(batch: Buffer): Promise<Read> {
  const { records } = await decodeRecordBatch(new Decoder(batch));
  return records as Read; // its types leave out what it looks at itself
}

const text = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 80 }),
  fc.constantFrom('constructor', '__proto__', 'toString'),
);
const field = fc.oneof(
  text,
  fc.uint8Array({ maxLength: 80 }).map((data) => Buffer.from(data)),
);
const message = fc.record(
  {
    key: fc.option(field),
    value: fc.option(field),
    headers: fc.dictionary(text, fc.oneof(field, fc.array(field, { maxLength: 3 })), { maxKeys: 12 }),
    timestamp: fc.constantFrom('1700000000000', '1700000000001', '1700000008192', '1800000000000', '5'),
  },
  { requiredKeys: ['value'] },
);

describe('records of a batch without compression', () => {
  it("are read as kafkajs' own decoder reads them", async () => {
    const offset = fc.bigInt({ min: 0n, max: 2n ** 63n - 1_000n });
    const attributes = fc.constantFrom(0, APPEND_TIME, TRANSACTIONAL, TRANSACTIONAL | CONTROL);
    await fc.assert(
      fc.asyncProperty(fc.array(message, { maxLength: 20 }), offset, attributes, async (messages, first, flags) => {
        const batch = moved(await batchOf(messages), first);
        batch.writeInt16BE(flags, ATTRIBUTES_AT);
        expect(seen(recordsOf(batch))).toEqual(seen(await ofKafkajs(batch)));
      }),
      { numRuns: 60 },
    );
  });

  it.each([63, 64, 8_191, 8_192, 1_048_576])('are read with fields of %d bytes', async (bytes) => {
    const value = Buffer.alloc(bytes, 'x');
    const [read] = recordsOf(await batchOf([{ key: value, value, headers: { a: value } }]));
    const fields = [read?.key, read?.value, read?.headers['a']];
    expect(fields.map((each) => Buffer.isBuffer(each) && value.equals(each))).toEqual([true, true, true]);
  });

  it('are refused at once where there are more headers than bytes', async () => {
    const batch = await batchOf([{ value: 'v' }]);
    const manyHeaders = Buffer.concat([batch.subarray(0, -1), Buffer.from([0xfc, 0x88, 0x7a])]);
    manyHeaders.writeUInt8(batch.readUInt8(61) + 2 * 2, 61); // the record's length in zigzag
    expect(() => recordsOf(manyHeaders)).toThrow(/a field is longer than its record/);
  });

  it('are refused where their headers are too many to be read in time', async () => {
    const batch = await batchOf([{ value: 'v' }]);
    const tooMany = Buffer.concat([batch.subarray(0, -1), Buffer.from([0x82, 0x89, 0x7a])]); // 1,000,001 in zigzag
    tooMany.writeUInt8(batch.readUInt8(61) + 2 * 2, 61);
    expect(() => recordsOf(tooMany)).toThrow('it has more than 1000000 records and headers');
  });

  it('are refused where there are too many', async () => {
    const batch = await batchOf([{ value: 'v' }]);
    batch.writeInt32BE(1_000_001, COUNT_AT);
    expect(() => recordsOf(batch)).toThrow('it has more than 1000000 records and headers');
  });

  it('are refused where there are more of them than the batch says, which would lose the others', async () => {
    const batch = await batchOf([{ value: '1' }, { value: '2' }]);
    batch.writeInt32BE(1, COUNT_AT);
    expect(() => recordsOf(batch)).toThrow('a batch has more records than it says');
  });

  it('are refused or read as kafkajs reads them, wherever the batch is damaged or cut off', async () => {
    const damage = fc.record({ at: fc.nat(), byte: fc.nat(255), end: fc.nat() });
    await fc.assert(
      fc.asyncProperty(
        fc.array(message, { minLength: 1, maxLength: 4 }),
        damage,
        async (messages, { at, byte, end }) => {
          const whole = await batchOf(messages);
          const spoilt = Buffer.from(whole);
          spoilt[57 + (at % (whole.length - 57))] = byte;
          const cut = whole.subarray(0, 61 + (end % (whole.length - 61)));
          expect(() => recordsOf(cut)).toThrow(/record|field|number/);
          const read = attempt(() => recordsOf(spoilt));
          if (read) expect(seen(read)).toEqual(seen(await ofKafkajs(spoilt)));
        },
      ),
      { numRuns: 150 },
    );
  });
});

function attempt(read: () => Read): Read | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}
