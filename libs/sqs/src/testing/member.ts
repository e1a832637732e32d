import type {
  Broker,
  BrokerRecord,
  Lane,
  LanePosition,
  Subscription,
  SubscriptionListener,
  SubscriptionOptions,
} from '@waybill/messaging';

/** A member of a group that remembers what it was told. */
export class Member implements SubscriptionListener {
  readonly records: BrokerRecord[] = [];
  readonly lost: LanePosition[] = [];
  readonly health: boolean[] = [];
  lanes: readonly Lane[] = [];
  #subscription: Subscription | undefined;

  private constructor(private readonly hear: (member: Member, records: readonly BrokerRecord[]) => void) {}

  static async join(
    broker: Broker,
    options: Partial<SubscriptionOptions> = {},
    hear: (member: Member, records: readonly BrokerRecord[]) => void = () => {},
  ): Promise<Member> {
    const member = new Member(hear);
    member.#subscription = await broker.subscribe({ group: 'readers', topics: ['notes'], ...options }, member);
    return member;
  }

  get subscription(): Subscription {
    if (this.#subscription === undefined) throw new Error('It has not joined');
    return this.#subscription;
  }

  onRecords(_lane: Lane, records: readonly BrokerRecord[]): void {
    this.records.push(...records);
    this.hear(this, records);
  }

  onAssigned(lanes: readonly Lane[]): void {
    this.lanes = lanes;
  }

  onHealth(healthy: boolean): void {
    this.health.push(healthy);
  }

  onPositionLost(position: LanePosition): void {
    this.lost.push(position);
  }

  acknowledge(records: readonly BrokerRecord[]): void {
    for (const { topic, partition, position } of records) {
      void this.#subscription?.acknowledge([{ topic, partition, next: String(Number(position) + 1) }]);
    }
  }

  values(): string[] {
    return this.records.map(({ value }) => String(value));
  }
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
