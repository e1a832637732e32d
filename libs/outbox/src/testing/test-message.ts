import { newMessage } from '@waybill/messaging';
import type { MessageContract, NewMessage } from '@waybill/messaging';

/** A message for tests; its data is whatever is given. */
export function testMessage(topic: string, key: string | null, data: unknown = { n: 1 }): NewMessage {
  const contract: MessageContract = {
    kind: 'event',
    topic,
    name: 'test.happened',
    version: 1,
    type: 'test.happened.v1',
    upcasters: new Map(),
    personal: [],
    parse: (given) => given,
  };
  return newMessage(contract, { key, data });
}
