import { kafkaBroker } from '@waybill/kafka';
import { encodeEnvelope, newMessage } from '@waybill/messaging';
import type { MessageContract, RecordToPublish } from '@waybill/messaging';

import type { Place } from '../shared/infrastructure.js';

/** About what an order's messages look like. */
export function benchContract(kind: 'event' | 'command', topic: string): MessageContract {
  return {
    kind,
    topic,
    name: `bench.${kind}`,
    version: 1,
    type: `bench.${kind}.v1`,
    upcasters: new Map(),
    personal: [],
    parse: (data) => data,
  };
}

/** Creates the topic (6 partitions) and fills it; all messages are acknowledged then. */
export async function fillTopic(
  { kafkaBrokers }: Place,
  contract: MessageContract,
  messages: number,
  keyOf: (n: number) => string,
): Promise<void> {
  const broker = kafkaBroker({ brokers: kafkaBrokers, clientId: 'bench' })({ partitions: 6 }, silent);
  await broker.ensureTopics([{ name: contract.topic, kind: contract.kind }]);
  const publisher = await broker.createPublisher();
  for (let n = 0; n < messages; n += 1_000) {
    const count = Math.min(1_000, messages - n);
    await publisher.publish(Array.from({ length: count }, (_, i) => benchRecord(contract, keyOf(n + i))));
  }
  await broker.close();
}

export function benchRecord(contract: MessageContract, key: string): RecordToPublish {
  const items = [1, 2, 3].map((n) => ({ sku: `SKU-${n}`, quantity: n }));
  const { id, time, correlationId, data } = newMessage(contract, {
    key,
    data: { orderId: key, items, total: 1_000, currency: 'EUR' },
  });
  const envelope = { id, source: '/bench', type: contract.type, time, correlationId, subject: key };
  return {
    topic: contract.topic,
    key: Buffer.from(key),
    value: Buffer.from(JSON.stringify(data)),
    headers: encodeEnvelope(envelope, key),
  };
}

const silent = { debug: () => {}, warn: () => {}, error: () => {} };
