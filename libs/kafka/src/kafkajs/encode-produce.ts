import Encoder from 'kafkajs/src/protocol/encoder.js';
import type { Encoded } from 'kafkajs/src/protocol/encoder.js';
import produce from 'kafkajs/src/protocol/requests/produce/index.js';
import type { ProduceRequest } from 'kafkajs/src/protocol/requests/produce/index.js';

import { encodeProduce } from './produce-request.js';

/** What kafkajs writes in front of a body: 14 bytes and the client's id. Where that is longer, the body is copied. */
const ROOM = 256;
/** The first version with batches. */
const FIRST_VERSION = 3;

let patched = false;

/**
 * Spares kafkajs most of what a produce request costs it: an encoder of 512 zeroed bytes for each header, an array and a buffer for
 * each number, and nine copies of everything. The bytes stay the same. Whatever we don't send (compression,
 * transactions, sequences, timestamps of messages) it still encodes by itself.
 */
export function encodeProduceAtOnce(): void {
  if (patched) return;
  patched = true;
  const { protocol } = produce;
  produce.protocol = ({ version }) => {
    const make = protocol({ version });
    if (version < FIRST_VERSION) return make;
    return (asked) => {
      const { request, response } = make(asked);
      const encode = async (): Promise<Encoded> => (isPlain(asked) ? body(asked) : request.encode());
      return { request: { ...request, encode }, response };
    };
  };
  const { writeEncoder } = Encoder.prototype;
  Encoder.prototype.writeEncoder = function putInFrontOrCopy(encoded): Encoder {
    const { room } = encoded;
    if (!room || room.bytes < this.offset) return writeEncoder.call(this, encoded);
    const bytes = room.bytes - this.offset;
    this.buf.copy(room.whole, bytes, 0, this.offset);
    this.buf = room.whole.subarray(bytes);
    this.offset = this.buf.length;
    this.room = { whole: room.whole, bytes };
    return this;
  };
}

function isPlain({ compression = 0, transactionalId, producerId = -1, topicData }: ProduceRequest): boolean {
  if (compression !== 0 || transactionalId !== undefined || producerId !== -1) return false;
  return topicData.every(({ partitions }) =>
    partitions.every(({ messages }) => messages.every(({ timestamp }) => timestamp === undefined)),
  );
}

function body(asked: ProduceRequest): Encoded {
  const whole = encodeProduce(asked, ROOM);
  const buf = whole.subarray(ROOM);
  return { buf, buffer: buf, room: { whole, bytes: ROOM } };
}
