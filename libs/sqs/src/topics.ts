import { setTimeout as sleep } from 'node:timers/promises';

import { BrokerUnavailable, MessagingMisconfigured } from '@waybill/messaging';
import type { Lane, TopicDefaults, TopicLimits, TopicSpec } from '@waybill/messaging';
import { within } from '@waybill/observability';

import type { Aws } from './aws.js';
import type { SlotLane, SqsNames } from './names.js';
import { nameFault } from './names.js';
import { MOST_BYTES } from './record-codec.js';
import { isMissing, isRefusal, toError } from './sqs-errors.js';
import type { SqsSettings } from './sqs-options.js';

/** What SQS keeps nothing longer than. */
const LONGEST_MS = 1_209_600_000;
const SHORTEST_MS = 60_000;
/** SQS deletes what is too old within so long. */
const DELETED_WITHIN_MS = 60_000;
const LIMITS = { segmentMs: DELETED_WITHIN_MS, maxMessageBytes: MOST_BYTES, longestRetentionMs: LONGEST_MS };
const CARD_MAX_AGE_MS = 30_000;

export interface TopicCard {
  readonly lanes: number;
  readonly retentionMs: number;
  /** `arn:aws:sqs:eu-central-1:123456789012:`, the account and the region that the topic is in. */
  readonly arn: string;
}

/** Topics: an SNS topic a lane, and queues behind it, one for each group that reads the lane or will. */
export class Topics {
  readonly #cards = new Map<string, { readonly card: TopicCard; readonly atMs: number }>();

  constructor(
    private readonly aws: Aws,
    private readonly names: SqsNames,
    private readonly settings: SqsSettings,
    private readonly defaults: TopicDefaults,
  ) {}

  /** `undefined`: there is no such topic. @throws what AWS says */
  async card(topic: string): Promise<TopicCard | undefined> {
    if (nameFault(topic) !== undefined) return undefined;
    const known = this.#cards.get(topic);
    if (known && performance.now() - known.atMs < CARD_MAX_AGE_MS) return known.card;
    try {
      const card = await this.#read(topic);
      this.#cards.set(topic, { card, atMs: performance.now() });
      return card;
    } catch (error) {
      this.#cards.delete(topic);
      if (isMissing(error)) return undefined;
      throw error;
    }
  }

  forget(topic: string): void {
    this.#cards.delete(topic);
  }

  laneArn(card: TopicCard, lane: Lane): string {
    return `${card.arn.replace(':sqs:', ':sns:')}${this.names.lane(lane)}`;
  }

  /** @returns the names of those that were created. @throws BrokerUnavailable, MessagingMisconfigured */
  async ensure(topics: readonly TopicSpec[]): Promise<readonly string[]> {
    const { startTimeoutMs } = this.settings;
    try {
      const missing = await within(startTimeoutMs, this.#missing(topics));
      for (const topic of missing) await this.#create(topic);
      return missing.map(({ name }) => name);
    } catch (error) {
      if (error instanceof MessagingMisconfigured) throw error;
      const names = topics.map(({ name }) => name).join(', ');
      if (isRefusal(error)) {
        throw new MessagingMisconfigured([`the topics ${names} are refused: ${toError(error).message}`]);
      }
      throw new BrokerUnavailable(`${this.aws.place} can't be reached: ${toError(error).message}`, { cause: error });
    }
  }

  async describe(topics: readonly string[]): Promise<readonly TopicLimits[]> {
    const cards = await Promise.all(topics.map(async (topic) => ({ topic, card: await this.card(topic) })));
    return cards.flatMap(({ topic, card }) =>
      card === undefined ? [] : [{ topic, ...LIMITS, retentionMs: card.retentionMs }],
    );
  }

  /** The queues of all lanes for one more group; from now on they get what is published. Leaves what exists. */
  async ensureSlot(topic: string, card: TopicCard, slot: number): Promise<void> {
    const lanes = Array.from({ length: card.lanes }, (_, partition) => ({ topic, partition, slot }));
    await Promise.all(lanes.map((lane) => this.#ensureQueue(card, lane)));
  }

  async #missing(topics: readonly TopicSpec[]): Promise<readonly TopicSpec[]> {
    const faults = topics.flatMap(({ name }) => {
      const fault = nameFault(name);
      return fault === undefined ? [] : [`the topic ${JSON.stringify(name)} ${fault}`];
    });
    if (faults.length > 0) throw new MessagingMisconfigured(faults);
    const found = await Promise.all(
      topics.map(async (topic) => {
        this.forget(topic.name); // somebody may have deleted it
        return { topic, card: await this.card(topic.name) };
      }),
    );
    return found.filter(({ card }) => card === undefined).map(({ topic }) => topic);
  }

  /** The card comes last: until it is there, nobody publishes, so nothing is published that a slot doesn't get. */
  async #create({ name, retentionMs = this.defaults.retentionMs ?? LONGEST_MS }: TopicSpec): Promise<void> {
    const keptMs = retentionMs === -1 ? LONGEST_MS : Math.min(Math.max(retentionMs, SHORTEST_MS), LONGEST_MS);
    const { partitions: lanes } = this.defaults;
    const { sns } = await this.aws.open();
    const arns = await Promise.all(
      Array.from({ length: lanes }, async (_, partition) => {
        const Name = this.names.lane({ topic: name, partition });
        const attributes = { FifoTopic: 'true', ContentBasedDeduplication: 'false' };
        return (await sns.createTopic({ Name, Attributes: attributes })).TopicArn ?? '';
      }),
    );
    const [first = ''] = arns;
    const arn = first.slice(0, first.lastIndexOf(':') + 1).replace(':sns:', ':sqs:');
    const card = { lanes, retentionMs: keptMs, arn };
    await this.aws.ensureQueue(this.names.net(name), {
      MessageRetentionPeriod: String(LONGEST_MS / 1_000),
      Policy: policy(`${arn}${this.names.net(name)}`, arns),
    });
    await Promise.all(Array.from({ length: this.settings.spares }, (_, slot) => this.ensureSlot(name, card, slot)));
    await sleep(this.settings.settleMs);
    await this.aws.ensureQueue(this.names.card(name), retention(keptMs), { lanes: String(lanes) });
    this.forget(name);
  }

  async #ensureQueue(card: TopicCard, lane: SlotLane): Promise<void> {
    const { visibilitySeconds, maxReceiveCount } = this.settings;
    const name = this.names.queue(lane);
    const [topicArn, queueArn] = [this.laneArn(card, lane), `${card.arn}${name}`];
    const deadLetterTargetArn = `${card.arn}${this.names.net(lane.topic)}`;
    await this.aws.ensureQueue(name, {
      ...retention(card.retentionMs),
      VisibilityTimeout: String(visibilitySeconds),
      Policy: policy(queueArn, [topicArn]),
      RedrivePolicy: JSON.stringify({ deadLetterTargetArn, maxReceiveCount: String(maxReceiveCount) }),
    });
    const { sns } = await this.aws.open();
    await sns.subscribe({
      TopicArn: topicArn,
      Protocol: 'sqs',
      Endpoint: queueArn,
      Attributes: { RawMessageDelivery: 'true', RedrivePolicy: JSON.stringify({ deadLetterTargetArn }) },
      ReturnSubscriptionArn: true,
    });
  }

  async #read(topic: string): Promise<TopicCard> {
    const { sqs } = await this.aws.open();
    const QueueUrl = await this.aws.queueUrl(this.names.card(topic));
    const [{ Tags = {} }, { Attributes = {} }] = await Promise.all([
      sqs.listQueueTags({ QueueUrl }),
      sqs.getQueueAttributes({ QueueUrl, AttributeNames: ['QueueArn', 'MessageRetentionPeriod'] }),
    ]);
    const { QueueArn = '', MessageRetentionPeriod = '0' } = Attributes;
    const lanes = Number(Tags['lanes']);
    if (!Number.isSafeInteger(lanes) || lanes < 1)
      throw new Error(`The queue ${this.names.card(topic)} has no tag "lanes"`);
    return {
      lanes,
      retentionMs: Number(MessageRetentionPeriod) * 1_000,
      arn: QueueArn.slice(0, QueueArn.lastIndexOf(':') + 1),
    };
  }
}

function retention(ms: number): Readonly<Record<string, string>> {
  return { MessageRetentionPeriod: String(Math.ceil(ms / 1_000)) };
}

/** Lets these topics, and nobody else, send to the queue. */
function policy(queueArn: string, topicArns: readonly string[]): string {
  return JSON.stringify({
    Version: '2012-10-17',
    Statement: [
      {
        Effect: 'Allow',
        Principal: { Service: 'sns.amazonaws.com' },
        Action: 'sqs:SendMessage',
        Resource: queueArn,
        Condition: { ArnEquals: { 'aws:SourceArn': topicArns } },
      },
    ],
  });
}
