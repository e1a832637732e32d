import type { UnreadableRecords } from '@waybill/messaging';
import type { KafkaMessage } from 'kafkajs';
import Decoder from 'kafkajs/src/protocol/decoder.js';
import MessageSetDecoder from 'kafkajs/src/protocol/messageSet/decoder.js';
import crc32c from 'kafkajs/src/protocol/recordBatch/crc32C/index.js';
import RecordBatchDecoder from 'kafkajs/src/protocol/recordBatch/v0/decoder.js';
import fetchV11 from 'kafkajs/src/protocol/requests/fetch/v11/response.js';

import { LAST_CODEC } from './codecs.js';

/** Where a batch (format 2, since Kafka 0.11) has what we look at; lengths count from behind their own field. */
const [LENGTH_AT, MAGIC_AT, CRC_AT, ATTRIBUTES_AT, LAST_DELTA_AT, HEADER_BYTES] = [8, 16, 17, 21, 23, 61] as const;
const LENGTH_END = LENGTH_AT + 4;
/** Of the older formats, whose messages stand alone and are shorter. */
const SHORTEST_BYTES = MAGIC_AT + 1;

const unreadable = new WeakMap<object, UnreadableRecords>();
let patched = false;

/** What stands in the place of a batch that can't be read; `undefined` for a message. */
export function unreadableOf(message: KafkaMessage): UnreadableRecords | undefined {
  return unreadable.get(message);
}

/**
 * Keeps one batch that can't be read (unknown or broken compression, wrong checksum, damaged records) from failing the whole
 * answer, and with it the consumer: by itself kafkajs throws, is rebuilt, fetches the same batch and throws again, while all
 * lanes stand still. Here what comes before it in its partition is delivered, and then a marker, which {@link unreadableOf} tells.
 * It also compares the checksums, which kafkajs doesn't.
 */
export function isolateUnreadableBatches(): void {
  if (patched) return;
  patched = true;
  fetchV11.decode = async (rawData) => {
    const decoder = new Decoder(rawData);
    const clientSideThrottleTime = decoder.readInt32();
    const errorCode = decoder.readInt16();
    const sessionId = decoder.readInt32();
    const responses = await decoder.readArrayAsync(async () => ({
      topicName: decoder.readString(),
      partitions: await decoder.readArrayAsync(readPartition),
    }));
    return { throttleTime: 0, clientSideThrottleTime, errorCode, sessionId, responses };
  };
}

async function readPartition(decoder: Decoder) {
  return {
    partition: decoder.readInt32(),
    errorCode: decoder.readInt16(),
    highWatermark: decoder.readInt64().toString(),
    lastStableOffset: decoder.readInt64().toString(),
    lastStartOffset: decoder.readInt64().toString(),
    abortedTransactions: decoder.readArray(() => ({
      producerId: decoder.readInt64().toString(),
      firstOffset: decoder.readInt64().toString(),
    })),
    preferredReadReplica: decoder.readInt32(),
    messages: await readBatches(decoder),
  };
}

async function readBatches(decoder: Decoder): Promise<readonly KafkaMessage[]> {
  const size = decoder.readInt32();
  if (size <= 0 || !decoder.canReadBytes(size)) return [];
  const data = decoder.readBytes(size);
  const messages: KafkaMessage[] = [];
  for (let at = 0; at + SHORTEST_BYTES <= data.length;) {
    const end = at + Math.max(SHORTEST_BYTES, LENGTH_END + data.readInt32BE(at + LENGTH_AT));
    if (end > data.length) break; // the fetch's size limit cut it off; the next fetch begins with it
    const batch = data.subarray(at, end);
    try {
      for (const message of await readBatch(batch)) messages.push(message);
    } catch (error) {
      messages.push(markerOf(batch, error));
      break; // nothing may overtake it
    }
    at = end;
  }
  return messages;
}

async function readBatch(batch: Buffer): Promise<readonly KafkaMessage[]> {
  const magic = batch.readInt8(MAGIC_AT);
  if (magic < 2) return MessageSetDecoder(new Decoder(batch), batch.length);
  if (magic > 2) throw new Error(`format ${magic} is unknown`);
  if (batch.length < HEADER_BYTES) throw new Error('it is shorter than its header');
  if (crc32c(batch.subarray(ATTRIBUTES_AT)) !== batch.readUInt32BE(CRC_AT)) throw new Error('its checksum is wrong');
  const codec = batch.readInt16BE(ATTRIBUTES_AT) & 7;
  if (codec > LAST_CODEC) throw new Error(`compression ${codec} is unknown`);
  const { records } = await RecordBatchDecoder(new Decoder(batch));
  return records;
}

function markerOf(batch: Buffer, error: unknown): KafkaMessage {
  const first = batch.readBigInt64BE(0);
  const delta = batch.length < HEADER_BYTES ? 0 : batch.readInt32BE(LAST_DELTA_AT);
  const last = first + BigInt(Math.max(0, delta));
  const marker = {
    // Its last offset: a batch is fetched by any of its offsets, and what lies before the fetched one is dropped.
    offset: last.toString(),
    key: null,
    value: null,
    headers: {},
    timestamp: '0',
    attributes: 0,
    isControlRecord: false,
    batchContext: { producerId: '-1', inTransaction: false },
  };
  const reason = error instanceof Error ? error.message : String(error);
  unreadable.set(marker, { first: first.toString(), next: (last + 1n).toString(), reason });
  return marker;
}
