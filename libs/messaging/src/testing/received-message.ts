import type { MessageContract } from '../contract.js';
import { newMessage } from '../message.js';
import type { ReceivedMessage } from '../received-message.js';

export interface ReceivedOptions<Data> {
  readonly key: string;
  readonly data: Data;
  /** @default the service whose topic it is, as for an event: `/payment` of `payment.events` */
  readonly source?: string;
}

/** A message as a handler gets it; a new one each time, as when it is sent again. */
export function receivedMessage<Data>(
  contract: MessageContract<Data>,
  { key, data, source = `/${contract.topic.split('.')[0] ?? ''}` }: ReceivedOptions<Data>,
): ReceivedMessage<Data> {
  const { id, time, subject } = newMessage(contract, { key, data });
  return {
    envelope: { id, source, type: contract.type, ...(subject !== undefined && { subject }), time, correlationId: key },
    data,
    key,
    attempt: 1,
    record: {
      topic: contract.topic,
      partition: 0,
      position: '0',
      key: Buffer.from(key),
      value: Buffer.from(JSON.stringify(data)),
      headers: {},
      timestampMs: Date.now(),
    },
  };
}
