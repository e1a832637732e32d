import { BrokerUnavailable, MessagingMisconfigured } from '@waybill/messaging';
import type { TopicDefaults, TopicLimits, TopicSpec } from '@waybill/messaging';
import type { ChannelModel } from 'amqplib';

import type { SharedConnection } from './connection.js';
import { inChannel } from './connection.js';
import { InTurn } from './in-turn.js';
import type { Names } from './names.js';
import { isNotFound, isRefusal, toRabbitError } from './rabbit-errors.js';
import type { RabbitSettings } from './rabbit-options.js';
import { readerOn } from './stream-reader.js';
import { countOf, ensureStream, readFirst, whileCreating } from './stream.js';

/** What a topic was created with; the first record of the topic's own stream, and so the same for everybody. */
export interface TopicCard {
  readonly partitions: number;
  /** `null` = for ever. */
  readonly retentionMs: number | null;
  /** How much older a record may be that is delivered. */
  readonly segmentMs: number;
}

const DAY_MS = 86_400_000;
const DEFAULT_RETENTION_MS = 7 * DAY_MS;

/** Topics at the broker: an exchange, a stream for each lane, bound by its number, and a stream with the card. */
export class Topics {
  readonly #cards = new Map<string, TopicCard>();
  readonly #creations = new InTurn();

  constructor(
    private readonly connection: SharedConnection,
    private readonly names: Names,
    private readonly settings: RabbitSettings,
    private readonly defaults: TopicDefaults,
  ) {}

  /** `undefined`: there is no such topic. @throws RabbitError when the broker can't say */
  async card(topic: string): Promise<TopicCard | undefined> {
    const known = this.#cards.get(topic);
    if (known !== undefined) return known;
    const card = await this.#readCard(await this.connection.get(), topic);
    if (card !== undefined) this.#cards.set(topic, card);
    return card;
  }

  /** Somebody has found that it isn't there as it was. */
  forget(topic: string): void {
    this.#cards.delete(topic);
  }

  async ensure(specs: readonly TopicSpec[], timeoutMs: number): Promise<readonly string[]> {
    return this.#creations.run(() => this.#ensureWithin(specs, performance.now() + timeoutMs));
  }

  async describe(topics: readonly string[]): Promise<readonly TopicLimits[]> {
    const cards = await Promise.all(topics.map((topic) => this.card(topic)));
    return topics.flatMap((topic, index) => {
      const card = cards[index];
      if (card === undefined) return [];
      const { maxMessageBytes } = this.settings;
      return [{ topic, retentionMs: card.retentionMs ?? Infinity, segmentMs: card.segmentMs, maxMessageBytes }];
    });
  }

  async #ensureWithin(specs: readonly TopicSpec[], deadline: number): Promise<readonly string[]> {
    const made = new Set<string>();
    for (;;) {
      try {
        const connection = await this.connection.get();
        for (const spec of specs) if (await this.#ensureOne(connection, spec, deadline)) made.add(spec.name);
        return [...made];
      } catch (thrown) {
        const error = toRabbitError(thrown);
        const names = specs.map(({ name }) => name).join(', ');
        if (isRefusal(error) && error.refusal === undefined) {
          throw new MessagingMisconfigured([`the broker refuses the topics ${names}: ${error.message}`]);
        }
        if (error.refusal !== undefined || performance.now() > deadline) {
          throw new BrokerUnavailable(`RabbitMQ at ${this.connection.nodes} can't be used: ${error.message}`, {
            cause: error,
          });
        }
      }
      await new Promise((resolve) => setTimeout(resolve, 250));
    }
  }

  async #ensureOne(connection: ChannelModel, spec: TopicSpec, deadline: number): Promise<boolean> {
    const { name } = spec;
    const known = this.#cards.get(name);
    if (known !== undefined && (await this.#isWhole(connection, name, known))) return false;
    const card = await this.#readCard(connection, name);
    if (card !== undefined && (await this.#isWhole(connection, name, card))) {
      await this.#bind(connection, name, card);
      this.#cards.set(name, card);
      return false;
    }
    const topic = this.names.topic(name);
    this.forget(name);
    const timeoutMs = Math.max(deadline - performance.now(), 0);
    return whileCreating(connection, this.names.creating(topic), timeoutMs, () => this.#create(connection, spec));
  }

  /** The card comes last: who finds it finds all of the topic. What was deleted of a topic comes back as it was created. */
  async #create(connection: ChannelModel, spec: TopicSpec): Promise<boolean> {
    const { name } = spec;
    const known = await this.#readCard(connection, name);
    const card = known ?? this.#newCard(spec);
    const { retentionMs, segmentMs } = card;
    const args = {
      'x-stream-max-segment-size-bytes': this.settings.segmentBytes,
      ...(retentionMs !== null && { 'x-max-age': `${Math.ceil((retentionMs + segmentMs) / 1_000)}s` }),
    };
    let made = known === undefined;
    for (const lane of lanesOf(name, card)) {
      const missing = await ensureStream(connection, { name: this.names.lane(lane), args, card: 'lane' });
      made ||= missing;
    }
    await this.#bind(connection, name, card);
    await ensureStream(connection, { name: this.names.topic(name), args: {}, card: JSON.stringify(card) });
    return made;
  }

  #newCard({ retentionMs = this.defaults.retentionMs ?? DEFAULT_RETENTION_MS }: TopicSpec): TopicCard {
    const { partitions } = this.defaults;
    if (retentionMs < 0) return { partitions, retentionMs: null, segmentMs: DAY_MS };
    return { partitions, retentionMs, segmentMs: Math.max(60_000, Math.min(DAY_MS, Math.ceil(retentionMs / 7))) };
  }

  /** A lane that seems empty may have been left without its card. */
  async #isWhole(connection: ChannelModel, name: string, card: TopicCard): Promise<boolean> {
    try {
      const counts = await inChannel(connection, async (channel) => {
        const queues = [this.names.topic(name), ...lanesOf(name, card).map((lane) => this.names.lane(lane))];
        await channel.checkExchange(this.names.topic(name));
        return Promise.all(queues.map(async (queue) => (await channel.checkQueue(queue)).messageCount));
      });
      return !counts.includes(0) || (await this.#haveRecords(connection, name, card));
    } catch (error) {
      if (isNotFound(error)) return false;
      throw error;
    }
  }

  async #haveRecords(connection: ChannelModel, name: string, card: TopicCard): Promise<boolean> {
    const first = await Promise.all(lanesOf(name, card).map((lane) => readFirst(connection, this.names.lane(lane))));
    return first.every((message) => message !== undefined);
  }

  async #bind(connection: ChannelModel, name: string, card: TopicCard): Promise<void> {
    const exchange = this.names.topic(name);
    await inChannel(connection, async (channel) => {
      await channel.assertExchange(exchange, 'direct', { durable: true });
      for (const lane of lanesOf(name, card)) {
        await channel.bindQueue(this.names.lane(lane), exchange, String(lane.partition));
      }
    });
  }

  /** None while it is being created; who created it may have died before its card was in it. */
  async #readCard(connection: ChannelModel, topic: string): Promise<TopicCard | undefined> {
    const name = this.names.topic(topic);
    const count = await countOf(connection, name);
    if (count === undefined) return undefined;
    const reading = count > 0 ? readerOn(connection).readFrom(name, 'first') : readFirst(connection, name);
    const card = (await reading)?.card;
    return card === undefined ? undefined : (JSON.parse(card) as TopicCard); // ours: see #create
  }
}

export function lanesOf(topic: string, { partitions }: TopicCard): readonly { topic: string; partition: number }[] {
  return Array.from({ length: partitions }, (_, partition) => ({ topic, partition }));
}
