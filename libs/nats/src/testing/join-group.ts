import type { Broker, SubscriptionOptions } from '@waybill/messaging';
import { ContractMember } from '@waybill/messaging/testing';

/** A member, of group g where no other is named. */
export function joinGroup(
  broker: Broker,
  options: Partial<SubscriptionOptions> & Pick<SubscriptionOptions, 'topics'>,
): Promise<ContractMember> {
  return ContractMember.join(broker, { group: 'g', ...options });
}

/** Publishes texts, all under one key, and says how it went. */
export async function publishTexts(broker: Broker, topic: string, key: string, ...texts: readonly string[]) {
  const publisher = await broker.createPublisher();
  const records = texts.map((text) => ({ topic, key: Buffer.from(key), value: Buffer.from(text), headers: {} }));
  const outcomes = await publisher.publish(records);
  await publisher.close();
  return outcomes;
}
