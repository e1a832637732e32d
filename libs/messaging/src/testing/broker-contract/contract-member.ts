import type {
  Broker,
  BrokerRecord,
  Lane,
  LanePosition,
  LostLog,
  Subscription,
  SubscriptionListener,
  SubscriptionOptions,
} from '../../broker.js';
import { laneId } from '../../lanes/lane-id.js';

export type Hear = (member: ContractMember, records: readonly BrokerRecord[]) => void;

/** A member of a group that remembers what it was told. */
export class ContractMember implements SubscriptionListener {
  readonly records: BrokerRecord[] = [];
  /** Of {@link records}, those since its lanes were assigned last. */
  current: BrokerRecord[] = [];
  readonly assignments: (readonly Lane[])[] = [];
  readonly health: boolean[] = [];
  /** What it was told of its health, where that was bad. */
  readonly causes: string[] = [];
  readonly lost: LanePosition[] = [];
  /** Of {@link lost}, those in logs that are others now. */
  readonly replaced: LanePosition[] = [];
  #subscription: Subscription | undefined;

  private constructor(private readonly hear: Hear) {}

  /** @param hear is told of records when they have been kept */
  static async join(broker: Broker, options: SubscriptionOptions, hear: Hear = () => {}): Promise<ContractMember> {
    const member = new ContractMember(hear);
    member.#subscription = await broker.subscribe(options, member);
    return member;
  }

  get subscription(): Subscription {
    if (this.#subscription === undefined) throw new Error('It has not joined');
    return this.#subscription;
  }

  get lanes(): readonly Lane[] {
    return this.assignments.at(-1) ?? [];
  }

  has(lane: Lane): boolean {
    return this.lanes.some((own) => laneId(own) === laneId(lane));
  }

  onRecords(_lane: Lane, records: readonly BrokerRecord[]): void {
    this.records.push(...records);
    this.current.push(...records);
    this.hear(this, records);
  }

  onAssigned(lanes: readonly Lane[]): void {
    this.assignments.push(lanes);
    this.current = [];
  }

  onHealth(healthy: boolean, cause?: Error): void {
    this.health.push(healthy);
    if (cause !== undefined) this.causes.push(cause.message);
  }

  onPositionLost(position: LanePosition, log?: LostLog): void {
    this.lost.push(position);
    if (log === 'replaced') this.replaced.push(position);
  }

  values(): string[] {
    return this.records.map(({ value }) => value?.toString() ?? '');
  }

  /** Without waiting for it; what comes before it has joined is acknowledged with what comes later. */
  acknowledge(records: readonly BrokerRecord[]): void {
    void this.#subscription?.acknowledge(positionsBehind(records));
  }

  async acknowledgeAll(): Promise<void> {
    await this.subscription.acknowledge(positionsBehind(this.records));
  }

  async close(): Promise<void> {
    await this.#subscription?.close();
  }
}

/** What is done once the records are. */
export function positionsBehind(records: readonly BrokerRecord[]): LanePosition[] {
  const next = new Map<string, LanePosition>();
  for (const { topic, partition, position } of records) {
    next.set(laneId({ topic, partition }), { topic, partition, next: String(BigInt(position) + 1n) });
  }
  return [...next.values()];
}
