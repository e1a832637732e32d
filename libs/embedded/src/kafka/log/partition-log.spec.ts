import { ErrorCode } from '../protocol/error-codes.js';
import { recordBatch } from '../testing/record-batches.js';
import { MemoryLogStorage } from './memory-log-storage.js';
import { PartitionLog } from './partition-log.js';

const CONFIG = { segmentBytes: 300, maxBatchBytes: 1_000, retentionMs: -1, retentionBytes: -1 };

describe('PartitionLog', () => {
  const sent = (baseSequence: number, producerEpoch = 0): Buffer =>
    recordBatch({ producerId: 7, producerEpoch, baseSequence, records: 2 });

  it('writes a retry of an idempotent producer once, also after a crash and over segments', () => {
    const storage = new MemoryLogStorage();
    const log = new PartitionLog(storage, CONFIG);
    for (const sequence of [0, 2, 4, 6, 8]) log.append(sent(sequence));
    const afterCrash = new PartitionLog(storage, CONFIG); // The first one was never closed.
    expect(afterCrash.append(sent(8))).toEqual({ errorCode: ErrorCode.NONE, baseOffset: 8 });
    expect(afterCrash.append(sent(2))).toEqual({ errorCode: ErrorCode.NONE, baseOffset: 2 });
    expect(afterCrash.endOffset).toBe(10);
  });

  it('refuses a gap in the sequence and an epoch that is over', () => {
    const log = new PartitionLog(new MemoryLogStorage(), CONFIG);
    log.append(sent(0));
    expect(log.append(sent(4)).errorCode).toBe(ErrorCode.OUT_OF_ORDER_SEQUENCE_NUMBER);
    expect(log.append(sent(0, 1)).errorCode).toBe(ErrorCode.NONE);
    expect(log.append(sent(2, 0)).errorCode).toBe(ErrorCode.INVALID_PRODUCER_EPOCH);
  });

  it('refuses what is damaged, too large, transactional, a control batch or no batch at all, and writes none of it', () => {
    const log = new PartitionLog(new MemoryLogStorage(), CONFIG);
    const damaged = recordBatch();
    damaged.writeUInt8(0xff, damaged.length - 1);
    expect(log.append(damaged).errorCode).toBe(ErrorCode.CORRUPT_MESSAGE);
    expect(log.append(recordBatch({ records: 200 })).errorCode).toBe(ErrorCode.MESSAGE_TOO_LARGE);
    expect(log.append(Buffer.alloc(5)).errorCode).toBe(ErrorCode.CORRUPT_MESSAGE);
    const transactional = recordBatch({ attributes: 0x10 });
    expect(log.append(transactional).errorCode).toBe(ErrorCode.TRANSACTIONAL_ID_AUTHORIZATION_FAILED);
    expect(log.append(recordBatch({ attributes: 0x20 })).errorCode).toBe(
      ErrorCode.TRANSACTIONAL_ID_AUTHORIZATION_FAILED,
    );
    expect(log.append(null).errorCode).toBe(ErrorCode.INVALID_RECORD);
    expect(log.endOffset).toBe(0);
  });

  it('reads every offset from its own batch on, over all segments, and nothing outside the log', () => {
    const log = new PartitionLog(new MemoryLogStorage(), CONFIG);
    for (let batch = 0; batch < 20; batch++) log.append(recordBatch({ records: 2 }));
    for (let offset = 0; offset < 40; offset++) {
      expect(Number(log.read(offset, 1)?.readBigInt64BE(0))).toBe(offset - (offset % 2));
    }
    expect(log.read(40, 1_000)).toHaveLength(0);
    expect(log.read(41, 1_000)).toBeUndefined();
    expect(log.read(-1, 1_000)).toBeUndefined();
  });
});
