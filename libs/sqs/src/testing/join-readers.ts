import type { Broker, SubscriptionOptions } from '@waybill/messaging';
import { ContractMember } from '@waybill/messaging/testing';

/** A member of the group `readers`, which reads `notes`, where nothing else is asked for. */
export function joinReaders(
  broker: Broker,
  options: Partial<SubscriptionOptions> = {},
  hear?: Parameters<typeof ContractMember.join>[2],
): Promise<ContractMember> {
  return ContractMember.join(broker, { group: 'readers', topics: ['notes'], ...options }, hear);
}

/** Texts of one key each, in this order. @throws where one isn't taken */
export async function publishTexts(
  broker: Broker,
  texts: readonly (readonly [key: string, value: string])[],
): Promise<void> {
  const publisher = await broker.createPublisher();
  const records = texts.map(([key, value]) => ({
    topic: 'notes',
    key: Buffer.from(key),
    value: Buffer.from(value),
    headers: {},
  }));
  const refused = (await publisher.publish(records)).filter(({ ok }) => !ok);
  if (refused.length > 0) throw new Error(`${refused.length} records were not published`);
}
