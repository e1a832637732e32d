import { randomUUID } from 'node:crypto';

import type { Broker, PublishOutcome, RecordToPublish, SubscriptionOptions } from '../../broker.js';
import { ContractMember } from './contract-member.js';
import type { Hear } from './contract-member.js';

/** A fresh connection for each case, with a topic and a group that nobody else uses. */
export class BrokerUnderTest {
  #broker: Broker | undefined;
  topic = '';
  group = '';

  constructor(private readonly create: () => Promise<Broker> | Broker) {}

  /** To be called where the cases are declared. */
  prepareEach(): this {
    beforeEach(() => this.open());
    afterEach(() => this.broker.close());
    return this;
  }

  async open(): Promise<void> {
    this.#broker = await this.create();
    this.topic = `contract-${randomUUID()}`;
    this.group = `group-${randomUUID()}`;
    await this.#broker.ensureTopics([{ name: this.topic, kind: 'event' }]);
  }

  get broker(): Broker {
    if (this.#broker === undefined) throw new Error('It has not been opened');
    return this.#broker;
  }

  record(key: string | null, value: string | null, more: Partial<RecordToPublish> = {}): RecordToPublish {
    const [keyBytes, valueBytes] = [key, value].map((text) => (text === null ? null : Buffer.from(text)));
    return { topic: this.topic, key: keyBytes ?? null, value: valueBytes ?? null, headers: {}, ...more };
  }

  async publish(...records: readonly RecordToPublish[]): Promise<readonly PublishOutcome[]> {
    const publisher = await this.broker.createPublisher();
    const outcomes = await publisher.publish(records);
    await publisher.close();
    return outcomes;
  }

  join(options: Partial<SubscriptionOptions> = {}, hear?: Hear): Promise<ContractMember> {
    return ContractMember.join(this.broker, { group: this.group, topics: [this.topic], ...options }, hear);
  }
}
