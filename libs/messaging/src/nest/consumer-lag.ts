import { Inject, Injectable } from '@nestjs/common';
import type { OnApplicationShutdown } from '@nestjs/common';

import type { Broker, BrokerDeadLetters, LagReader, LaneLag } from '../broker.js';
import { BROKER } from '../tokens.js';
import { MessageConsumer } from './message-consumer.js';
import { MESSAGING_OPTIONS } from './messaging-options.js';
import type { MessagingModuleOptions } from './messaging-options.js';

/** How far this service's group is behind on one topic that it consumes. */
export interface TopicLag {
  readonly topic: string;
  readonly group: string;
  readonly partitions: number;
  readonly lagMessages: number;
  /** Age of the oldest message that waits, at least: one reading's interval exact. */
  readonly lagSeconds: number;
  /** What an operator has to settle of it: kinds of lane issues, each once. */
  readonly issues: readonly string[];
  /** Where the broker itself gives up delivering: how much it has, to whichever group. */
  readonly brokerDeadLetters: readonly Omit<BrokerDeadLetters, 'topic'>[];
}

const FRESH_MS = 1_000;

/** The lag of the topics that this service consumes, of the group as a whole, whichever replica is asked. */
@Injectable()
export class ConsumerLag implements OnApplicationShutdown {
  #reader: LagReader | undefined;
  #last: { readonly atMs: number; readonly lanes: Promise<readonly LaneLag[]> } | undefined;

  constructor(
    @Inject(MESSAGING_OPTIONS) private readonly options: MessagingModuleOptions,
    @Inject(BROKER) private readonly broker: Broker,
    private readonly consumer: MessageConsumer,
  ) {}

  /** By topic name; empty before the consumer has started. Asked more than once a second, it answers the same. @throws when the broker can't say */
  async topics(): Promise<readonly TopicLag[]> {
    const { group } = this.options;
    const [lanes, deadLetters = []] = await Promise.all([this.lanes(), this.#reader?.deadLetters?.()]);
    const issues = this.consumer.laneIssues();
    return this.consumer.topics().map((topic) => {
      const own = lanes.filter((lane) => lane.topic === topic);
      return {
        topic,
        group,
        partitions: own.length,
        lagMessages: own.reduce((sum, { messages }) => sum + messages, 0),
        lagSeconds: Math.max(0, ...own.map(({ ageMs }) => ageMs)) / 1_000,
        issues: [...new Set(issues.filter((issue) => issue.topic === topic).map(({ kind }) => kind))],
        brokerDeadLetters: deadLetters.flatMap(({ topic: of, ...letters }) => (of === topic ? [letters] : [])),
      };
    });
  }

  /** Of all topics that it consumes. As fresh as {@link topics}. @throws when the broker can't say */
  lanes(): Promise<readonly LaneLag[]> {
    const topics = this.consumer.topics();
    if (topics.length === 0) return Promise.resolve([]);
    this.#reader ??= this.broker.createLagReader({ group: this.options.group, topics });
    const now = performance.now();
    if (!this.#last || now - this.#last.atMs > FRESH_MS) this.#last = { atMs: now, lanes: this.#reader.read() };
    return this.#last.lanes;
  }

  async onApplicationShutdown(): Promise<void> {
    await this.#reader?.close();
  }
}
