import type { Broker, BrokerRecord, OpenBroker, Publisher, PublishOutcome, RecordToPublish } from '@waybill/messaging';

/** What every message of a lesson says, beside what it is about. */
export interface LessonData {
  readonly run: string;
  readonly token: string;
}

/** What a record says, if it is one of this run; topics keep those of earlier runs for a while. */
export function dataOf(record: Pick<BrokerRecord, 'value'>, run: string): LessonData | undefined {
  if (record.value === null) return undefined;
  const data = JSON.parse(record.value.toString('utf8')) as LessonData; // only the lab writes to these topics
  return data.run === run ? data : undefined;
}

export interface WireListener {
  published?(token: string): void;
  delivered?(token: string): void;
}

const CONNECTION_CLOSED = new Error('The connection to the broker is closed: the process has died');
const ANSWER_LOST = new Error('The connection was lost before the broker could acknowledge');

/**
 * Between the services of one side and their broker, which is a real one: counts what passes, and does what the lesson calls
 * for. Nothing is pretended: what it lets through is in the topic, what it keeps back isn't.
 */
export class Wire {
  readonly published: string[] = [];
  readonly delivered: string[] = [];
  #deadly: readonly string[] = [];
  #isDead = false;
  readonly #unacknowledged = new Set<string>();
  /** Handed to the broker, which may deliver it before its answer comes. */
  readonly #sent: string[] = [];
  readonly #announced = new Map<string, number>();
  readonly #broker: OpenBroker;

  constructor(
    private readonly run: string,
    broker: OpenBroker,
    private readonly listener: WireListener = {},
  ) {
    this.#broker = broker;
  }

  /** The process dies as the first of these is about to leave it: from then on nothing does. */
  dieBefore(tokens: readonly string[]): void {
    this.#deadly = tokens;
  }

  get isDead(): boolean {
    return this.#isDead;
  }

  /** Another process takes the place of the dead one. */
  revive(): void {
    this.#deadly = [];
    this.#isDead = false;
  }

  /** These get to the broker, but the first time its answer doesn't get back. */
  loseAnswersTo(tokens: readonly string[]): void {
    for (const token of tokens) this.#unacknowledged.add(token);
  }

  readonly open: OpenBroker = (topics, log) => {
    const broker = this.#broker(topics, log);
    return {
      createPublisher: async () => this.#publisher(await broker.createPublisher()),
      subscribe: (options, listener) => {
        const onRecords: typeof listener.onRecords = (lane, records) => {
          for (const record of records) this.#onDelivered(record);
          listener.onRecords(lane, records);
        };
        return broker.subscribe(options, {
          ...delegated(listener),
          onRecords,
        });
      },
      partitionOf: (key, partitions) => broker.partitionOf(key, partitions),
      createLagReader: (options) => broker.createLagReader(options),
      ensureTopics: (specs) => broker.ensureTopics(specs),
      describeTopics: (names) => broker.describeTopics(names),
      close: () => broker.close(),
    };
  };

  #publisher(publisher: Publisher): Publisher {
    return {
      publish: async (records) => {
        if (records.some((record) => this.#deadly.includes(this.#tokenOf(record) ?? ''))) this.#isDead = true;
        if (this.#isDead) return records.map(() => refused(CONNECTION_CLOSED));
        for (const record of records) this.#sent.push(this.#tokenOf(record) ?? '');
        const outcomes = await publisher.publish(records);
        return outcomes.map((outcome, index) => this.#answer(outcome, records[index]));
      },
      close: () => publisher.close(),
    };
  }

  #answer(outcome: PublishOutcome, record: RecordToPublish | undefined): PublishOutcome {
    const token = record && this.#tokenOf(record);
    if (!outcome.ok || token === undefined) return outcome;
    this.published.push(token);
    this.#announce(token, countOf(this.published, token));
    return this.#unacknowledged.delete(token) ? refused(ANSWER_LOST) : outcome;
  }

  #onDelivered(record: BrokerRecord): void {
    const token = this.#tokenOf(record);
    if (token === undefined) return;
    this.delivered.push(token);
    this.#announce(token, Math.min(countOf(this.delivered, token), countOf(this.#sent, token)));
    this.listener.delivered?.(token);
  }

  /** What is delivered was published, also where the broker's answer to that comes later. */
  #announce(token: string, times: number): void {
    if ((this.#announced.get(token) ?? 0) >= times) return;
    this.#announced.set(token, times);
    this.listener.published?.(token);
  }

  #tokenOf(record: Pick<RecordToPublish, 'value'>): string | undefined {
    return dataOf(record, this.run)?.token;
  }
}

function refused(error: Error): PublishOutcome {
  return { ok: false, error, retriable: true };
}

function countOf(tokens: readonly string[], token: string): number {
  return tokens.filter((each) => each === token).length;
}

type Listener = Parameters<Broker['subscribe']>[1];

/** The listener's methods, bound: it may be an instance of a class. */
function delegated(listener: Listener): Listener {
  return {
    onRecords: (lane, records) => listener.onRecords(lane, records),
    onAssigned: (lanes) => listener.onAssigned(lanes),
    onHealth: (healthy, cause) => listener.onHealth(healthy, cause),
    onUnreadable: (lane, records) => listener.onUnreadable?.(lane, records),
    onPositionLost: (position, log) => listener.onPositionLost?.(position, log),
  };
}
