import { ProduceAcks, Producer } from '@platformatic/kafka';
import { headerValues, positiveHash } from '@waybill/messaging';
import type { Headers, RecordToPublish } from '@waybill/messaging';

import type { KafkaProducer } from '../kafka-client.js';
import type { KafkaOptions } from '../kafka-options.js';
import { connectionOptions, guarded } from './connection.js';
import { inOurErrors } from './platformatic-errors.js';

const METADATA_MAX_AGE_MS = 300_000;

export class PlatformaticProducer implements KafkaProducer {
  private constructor(private readonly producer: Producer) {}

  static async connect(options: KafkaOptions): Promise<PlatformaticProducer> {
    let turn = 0;
    const producer = guarded(
      new Producer({
        ...connectionOptions(options),
        metadataMaxAge: METADATA_MAX_AGE_MS,
        timeout: 30_000,
        // Its own default isn't Java's: it leaves half of all keys elsewhere.
        partitioner: (_, key) => (Buffer.isBuffer(key) ? positiveHash(key) : (turn = (turn + 1) & 0xff_ff)),
      }),
    );
    try {
      await inOurErrors(() => producer.metadata({ topics: [] }));
    } catch (error) {
      await producer.close();
      throw error;
    }
    return new PlatformaticProducer(producer);
  }

  /** After a failure the next one asks who leads what: by itself the client would send to a leader that is gone for minutes. */
  async send(records: readonly RecordToPublish[]): Promise<void> {
    const messages = records.map(({ topic, key, value, headers }) => ({
      topic,
      ...(key && { key }),
      ...(value && { value }),
      headers: toMap(headers),
    }));
    try {
      await inOurErrors(() => this.producer.send({ messages, acks: ProduceAcks.ALL }));
    } catch (error) {
      this.producer.clearMetadata();
      throw error;
    }
  }

  async close(): Promise<void> {
    await this.producer.close();
  }
}

/** A map that repeats a header has a buffer of its own for each name. */
function toMap(headers: Headers): Map<Buffer, Buffer> {
  const map = new Map<Buffer, Buffer>();
  for (const name in headers) {
    for (const value of headerValues(headers, name)) map.set(Buffer.from(name), Buffer.from(value));
  }
  return map;
}
