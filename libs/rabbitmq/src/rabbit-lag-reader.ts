import { laneId } from '@waybill/messaging';
import type { LagReader, Lane, LaneLag, SubscriptionOptions } from '@waybill/messaging';
import type { ChannelModel } from 'amqplib';

import type { SharedConnection } from './connection.js';
import { ensureGroup, readBounds, readPosition } from './group.js';
import { offsetOf, positionOf } from './message.js';
import type { Names } from './names.js';
import { isNotFound } from './rabbit-errors.js';
import { expiryOf } from './retention.js';
import type { Expiry } from './retention.js';
import { readerOn } from './stream-reader.js';
import { lanesOf } from './topics.js';
import type { TopicCard, Topics } from './topics.js';

/** How long a lane's first position is believed while nothing before it is read. */
const FIRST_IS_KNOWN_MS = 300_000;

interface Asked {
  readonly lane: Lane;
  readonly end: number;
  readonly expiry: Expiry | undefined;
  readonly acknowledged: number | undefined;
  readonly isFirstKnown: boolean;
}

interface KnownFirst {
  readonly first: number;
  readonly readAtMs: number;
}

/**
 * The last record of each lane against the group's position, and, where something waits, the record that waits longest: two or three
 * short reads a lane, on a connection of its own.
 */
export class RabbitLagReader implements LagReader {
  /** Topics whose positions exist. */
  readonly #ensured = new Set<string>();
  readonly #firsts = new Map<string, KnownFirst>();

  constructor(
    private readonly connection: SharedConnection,
    private readonly topics: Topics,
    private readonly names: Names,
    private readonly options: SubscriptionOptions,
    private readonly clock: () => number = () => Date.now(),
  ) {}

  async read(): Promise<readonly LaneLag[]> {
    const connection = await this.connection.get();
    const lanes = await Promise.all(this.options.topics.map((topic) => this.#readTopic(connection, topic)));
    return lanes.flat();
  }

  async close(): Promise<void> {
    await this.connection.close();
  }

  async #readTopic(connection: ChannelModel, topic: string): Promise<readonly LaneLag[]> {
    try {
      return await this.#readLanes(connection, topic);
    } catch (error) {
      if (!isNotFound(error)) throw error;
      // The topic was deleted, and maybe made again; or what the group has of it was.
      this.topics.forget(topic);
      this.#ensured.delete(topic);
      this.#firsts.clear();
      return this.#readLanes(connection, topic);
    }
  }

  async #readLanes(connection: ChannelModel, topic: string): Promise<readonly LaneLag[]> {
    const card = await this.topics.card(topic);
    if (card === undefined) return [];
    const lanes = lanesOf(topic, card);
    if (!this.#ensured.has(topic)) await ensureGroup(connection, this.names, this.options.group, lanes);
    this.#ensured.add(topic);
    return Promise.all(lanes.map((lane) => this.#readLane(connection, lane, card)));
  }

  async #readLane(connection: ChannelModel, lane: Lane, card: TopicCard): Promise<LaneLag> {
    // First, so that what is acknowledged meanwhile doesn't lie behind the end.
    const position = await readPosition(readerOn(connection), this.names.position(this.options.group, lane));
    const [stream, expiry] = [this.names.lane(lane), expiryOf(card, this.clock())];
    const end = positionOf((await readerOn(connection).readLast(stream)).offset + 1);
    const acknowledged = position?.next;
    const believed = await this.#oldestOf(connection, { lane, end, expiry, acknowledged, isFirstKnown: true });
    const { first, next, ageMs } = believed ??
      (await this.#oldestOf(connection, { lane, end, expiry, acknowledged, isFirstKnown: false })) ?? {
        first: end,
        next: end,
        ageMs: 0,
      };
    return {
      ...lane,
      messages: end - next,
      ageMs,
      first: String(first),
      next: position === undefined ? undefined : String(position.next),
      owner: position?.owner,
      end: String(end),
    };
  }

  /** The record that the group continues with; `undefined` where that shows that the lane's first position is another one now. */
  async #oldestOf(connection: ChannelModel, { lane, end, expiry, acknowledged = 0, isFirstKnown }: Asked) {
    const first = await this.#firstOf(connection, lane, expiry, isFirstKnown);
    const next = Math.min(Math.max(acknowledged, first), end);
    if (first > end) return undefined;
    if (next === end) return { first, next, ageMs: 0 };
    const { offset, timestampMs = this.clock() } = await readerOn(connection).readFrom(
      this.names.lane(lane),
      offsetOf(next),
    );
    const isExpired = expiry !== undefined && timestampMs < expiry.sentMs;
    if (isFirstKnown && (isExpired || positionOf(offset) > next)) return undefined;
    return { first, next, ageMs: Math.max(this.clock() - timestampMs, 0) };
  }

  async #firstOf(connection: ChannelModel, lane: Lane, expiry: Expiry | undefined, isKnown: boolean): Promise<number> {
    const known = this.#firsts.get(laneId(lane));
    if (isKnown && known !== undefined && this.clock() - known.readAtMs < FIRST_IS_KNOWN_MS) return known.first;
    const { first } = await readBounds(readerOn(connection), this.names.lane(lane), expiry);
    this.#firsts.set(laneId(lane), { first, readAtMs: this.clock() });
    return first;
  }
}
