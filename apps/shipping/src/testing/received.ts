import { newMessage } from '@waybill/messaging';
import type { MessageContract, ReceivedMessage } from '@waybill/messaging';

/** A command as a handler gets it; a new message each time, as when a saga sends it again. */
export function received<Data extends { readonly orderId: string }>(
  contract: MessageContract<Data>,
  data: Data,
): ReceivedMessage<Data> {
  const { id, time, correlationId } = newMessage(contract, { key: data.orderId, data });
  return {
    envelope: { id, source: '/order', type: contract.type, time, correlationId },
    data,
    key: data.orderId,
    attempt: 1,
    record: { topic: contract.topic, partition: 0, position: '0', key: null, value: null, headers: {}, timestampMs: 0 },
  };
}
