import { Logger } from '@nestjs/common';
import type { Broker, Publisher, RecordToPublish } from '@waybill/messaging';
import { encodeEnvelope } from '@waybill/messaging';

import { LESSON_TOPICS } from './topics.js';
import type { Wire } from './wire.js';

/** The naive side's connection: no outbox, a message is a call. */
export interface NaiveBroker {
  readonly broker: Broker;
  readonly publisher: Publisher;
  close(): Promise<void>;
}

export async function connect(wire: Wire, topics: readonly string[]): Promise<NaiveBroker> {
  const broker = wire.open(LESSON_TOPICS, new Logger('Broker'));
  await broker.ensureTopics(topics.map((name) => ({ name, kind: 'event' as const })));
  const publisher = await broker.createPublisher();
  return {
    broker,
    publisher,
    close: async () => {
      await publisher.close();
      await broker.close();
    },
  };
}

/** As a producer's `send`. @throws what the broker, or the connection, says. */
export async function send(publisher: Publisher, record: RecordToPublish): Promise<void> {
  const [outcome] = await publisher.publish([record]);
  if (outcome?.ok === false) throw outcome.error;
}

/** A record as any producer makes it; what is in it isn't checked. */
export function recordOf(
  { type }: { readonly type: string },
  { topic, key, data, id, source }: { topic: string; key: string; data: unknown; id: string; source: string },
): RecordToPublish {
  const envelope = { id, source, type, time: new Date().toISOString(), correlationId: id, subject: key };
  return {
    topic,
    key: Buffer.from(key),
    value: Buffer.from(JSON.stringify(data)),
    headers: encodeEnvelope(envelope, key),
  };
}
