import type { UnreadableRecords } from '@waybill/messaging';
import type { KafkaMessage } from 'kafkajs';
import Decoder from 'kafkajs/src/protocol/decoder.js';
import MessageSetDecoder from 'kafkajs/src/protocol/messageSet/decoder.js';
import crc32c from 'kafkajs/src/protocol/recordBatch/crc32C/index.js';
import fetchV11 from 'kafkajs/src/protocol/requests/fetch/v11/response.js';

import { AbortedProducers } from '../aborted-producers.js';
import { MAX_BATCH_BYTES } from '../decompress.js';
import { assertReadable, batchesOf, isMessageSet, lastOffsetOf, opened, unreadableRecords } from '../record-batch.js';
import { MOST_FIELDS, readRecords } from './read-records.js';

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
    const size = new AnswerSize();
    const responses = await decoder.readArrayAsync(async () => ({
      topicName: decoder.readString(),
      partitions: await decoder.readArrayAsync(() => readPartition(decoder, size)),
    }));
    return { throttleTime: 0, clientSideThrottleTime, errorCode, sessionId, responses };
  };
}

/**
 * What the messages of an answer hold. The broker has limited it as it is compressed; what is more than this is left to the next
 * fetch, for which kafkajs shuffles the partitions.
 */
class AnswerSize {
  #bytes = 0;
  #fields = 0;

  get isEnough(): boolean {
    return this.#bytes > MAX_BATCH_BYTES || this.#fields > MOST_FIELDS;
  }

  add(bytes: number, fields: number): void {
    this.#bytes += bytes;
    this.#fields += fields;
  }
}

async function readPartition(decoder: Decoder, answered: AnswerSize) {
  const partition = decoder.readInt32();
  const errorCode = decoder.readInt16();
  const highWatermark = decoder.readInt64().toString();
  const lastStableOffset = decoder.readInt64().toString();
  const lastStartOffset = decoder.readInt64().toString();
  const aborted = decoder.readArray(() => ({
    producerId: BigInt(decoder.readInt64().toString()),
    firstOffset: BigInt(decoder.readInt64().toString()),
  }));
  return {
    partition,
    errorCode,
    highWatermark,
    lastStableOffset,
    lastStartOffset,
    // What they wrote is left out by us: kafkajs looks at the first of the list only, and takes any key of four zero bytes for an end.
    abortedTransactions: [],
    preferredReadReplica: decoder.readInt32(),
    messages: await readBatches(decoder, new AbortedProducers(aborted), answered),
  };
}

async function readBatches(
  decoder: Decoder,
  aborted: AbortedProducers,
  answered: AnswerSize,
): Promise<readonly KafkaMessage[]> {
  const size = decoder.readInt32();
  if (size <= 0 || !decoder.canReadBytes(size)) return [];
  const messages: KafkaMessage[] = [];
  for (const batch of batchesOf(decoder.readBytes(size))) {
    if (answered.isEnough) break;
    try {
      for (const message of await readBatch(batch, aborted, answered)) messages.push(message);
    } catch (error) {
      messages.push(markerOf(batch, error));
      break; // nothing may overtake it
    }
  }
  return messages;
}

async function readBatch(
  batch: Buffer,
  aborted: AbortedProducers,
  answered: AnswerSize,
): Promise<readonly KafkaMessage[]> {
  if (isMessageSet(batch)) return readMessageSet(batch, answered);
  assertReadable(batch, crc32c);
  const plain = await opened(batch);
  const { records, fields } = readRecords(plain);
  if (aborted.hides(batch, records[0]?.key)) return [endOf(batch)];
  answered.add(plain.length, fields);
  const isCompacted = BigInt(records.at(-1)?.offset ?? -1) < lastOffsetOf(batch);
  return isCompacted ? [...records, endOf(batch)] : records;
}

/** @throws when there is none: kafkajs is silent about messages that are cut off, and would fetch them again and again */
async function readMessageSet(batch: Buffer, answered: AnswerSize): Promise<readonly KafkaMessage[]> {
  const messages = await MessageSetDecoder(new Decoder(batch), batch.length);
  for (const { value } of messages) answered.add(value?.length ?? 0, 1);
  if (messages.length === 0) throw new Error('its messages are cut off');
  return messages;
}

function markerOf(batch: Buffer, error: unknown): KafkaMessage {
  const marker = { ...endOf(batch), isControlRecord: false };
  unreadable.set(marker, unreadableRecords(batch, error));
  return marker;
}

/** Moves the position behind the batch: kafkajs delivers no control record, but passes over it. */
function endOf(batch: Buffer) {
  return {
    // Its last offset: a batch is fetched by any of its offsets, and what lies before the fetched one is dropped.
    offset: lastOffsetOf(batch).toString(),
    key: null,
    value: null,
    headers: {},
    timestamp: '0',
    attributes: 0,
    isControlRecord: true,
    batchContext: { producerId: '-1', inTransaction: false },
  };
}
