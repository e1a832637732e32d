import type {
  Broker,
  BrokerRecord,
  Lane,
  LanePosition,
  Subscription,
  SubscriptionListener,
  SubscriptionOptions,
} from '@waybill/messaging';

/** A member that keeps what it hears. */
export class Recorder implements SubscriptionListener {
  readonly records: BrokerRecord[] = [];
  readonly assignments: (readonly Lane[])[] = [];
  readonly health: boolean[] = [];
  readonly lost: LanePosition[] = [];
  readonly causes: string[] = [];
  subscription: Subscription | undefined;

  static async join(
    broker: Broker,
    options: Partial<SubscriptionOptions> & Pick<SubscriptionOptions, 'topics'>,
  ): Promise<Recorder> {
    const recorder = new Recorder();
    recorder.subscription = await broker.subscribe({ group: 'g', ...options }, recorder);
    return recorder;
  }

  onRecords(_lane: Lane, records: readonly BrokerRecord[]): void {
    this.records.push(...records);
  }

  onAssigned(lanes: readonly Lane[]): void {
    this.assignments.push(lanes);
  }

  onHealth(healthy: boolean, cause?: Error): void {
    this.health.push(healthy);
    if (cause) this.causes.push(cause.message);
  }

  onPositionLost(position: LanePosition): void {
    this.lost.push(position);
  }

  get lanes(): readonly Lane[] {
    return this.assignments.at(-1) ?? [];
  }

  values(): string[] {
    return this.records.map(({ value }) => String(value));
  }

  async acknowledgeAll(): Promise<void> {
    const last = new Map(this.records.map((record) => [`${record.topic} ${record.partition}`, record]));
    const positions = [...last.values()].map(({ topic, partition, position }) => ({
      topic,
      partition,
      next: String(BigInt(position) + 1n),
    }));
    await this.subscription?.acknowledge(positions);
  }

  async close(): Promise<void> {
    await this.subscription?.close();
  }
}

/** Publishes texts, all under one key, and says how it went. */
export async function publishTexts(broker: Broker, topic: string, key: string, ...texts: readonly string[]) {
  const publisher = await broker.createPublisher();
  const records = texts.map((text) => ({ topic, key: Buffer.from(key), value: Buffer.from(text), headers: {} }));
  const outcomes = await publisher.publish(records);
  await publisher.close();
  return outcomes;
}
