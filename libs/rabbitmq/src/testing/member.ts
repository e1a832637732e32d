import { laneId } from '@waybill/messaging';
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
  readonly health: boolean[] = [];
  readonly lost: LanePosition[] = [];
  lanes: readonly Lane[] = [];
  #subscription: Subscription | undefined;

  /** @param hear is told of each record before it is kept */
  constructor(private readonly hear: (record: BrokerRecord, member: Member) => void = () => {}) {}

  async join(broker: Broker, options: SubscriptionOptions): Promise<this> {
    this.#subscription = await broker.subscribe(options, this);
    return this;
  }

  get subscription(): Subscription {
    if (this.#subscription === undefined) throw new Error('It has not joined');
    return this.#subscription;
  }

  onRecords(_lane: Lane, records: readonly BrokerRecord[]): void {
    for (const record of records) this.hear(record, this);
    this.records.push(...records);
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

  has(lane: Lane): boolean {
    return this.lanes.some((own) => laneId(own) === laneId(lane));
  }

  values(): string[] {
    return this.records.map(({ value }) => String(value));
  }

  async acknowledgeAll(): Promise<void> {
    const next = new Map(this.records.map((record) => [laneId(record), after(record)]));
    await this.subscription.acknowledge([...next.values()]);
  }

  async leave(): Promise<void> {
    await this.#subscription?.close();
    this.#subscription = undefined;
    this.lanes = [];
  }
}

export function after({ topic, partition, position }: BrokerRecord): LanePosition {
  return { topic, partition, next: String(Number(position) + 1) };
}
