import { laneId } from '@waybill/messaging';
import type { BrokerDeadLetters, LagReader, LaneLag, SubscriptionOptions } from '@waybill/messaging';

import type { Aws } from './aws.js';
import type { SlotLane, SqsNames } from './names.js';
import { Positions } from './positions.js';
import type { GroupPosition } from './positions.js';
import type { Slots } from './slots.js';
import { isMissing } from './sqs-errors.js';
import type { TopicCard, Topics } from './topics.js';

const FIRST_MAX_AGE_MS = 60_000;

/** Where a lane ended at a moment. */
interface EndSeen {
  readonly end: number;
  readonly atMs: number;
}

export interface LagParts {
  readonly aws: Aws;
  readonly names: SqsNames;
  readonly topics: Topics;
  readonly slots: Slots;
}

/**
 * Two requests a lane: how many records lie in the group's queue, then how far the group has come. In this order, and as the position is moved
 * before records are deleted, no end is told that is before the lane's, as far as SQS's count is right.
 */
export class SqsLagReader implements LagReader {
  readonly #claimed = new Map<string, number>();
  readonly #firsts = new Map<string, { readonly first: number; readonly atMs: number }>();
  /** Of each lane the ends that were seen, without those that the group has passed: they date what waits. */
  readonly #ends = new Map<string, readonly EndSeen[]>();

  constructor(
    private readonly parts: LagParts,
    private readonly options: SubscriptionOptions,
    private readonly clock: () => number = () => performance.now(),
  ) {}

  async read(): Promise<readonly LaneLag[]> {
    const topics = await Promise.all(this.options.topics.map((topic) => this.#readTopic(topic)));
    return topics.flat();
  }

  /** What was given out too often, and what SNS could not deliver. */
  async deadLetters(): Promise<readonly BrokerDeadLetters[]> {
    const { aws, names } = this.parts;
    const counts = this.options.topics.map(async (topic) => {
      const queue = names.net(topic);
      try {
        return [{ topic, queue, records: await aws.count(queue) }];
      } catch (error) {
        if (isMissing(error)) return [];
        throw error;
      }
    });
    return (await Promise.all(counts)).flat();
  }

  async close(): Promise<void> {
    this.#ends.clear();
  }

  async #readTopic(topic: string): Promise<readonly LaneLag[]> {
    const card = await this.parts.topics.card(topic);
    if (card === undefined) return [];
    try {
      return await this.#readLanes(topic, card);
    } catch (error) {
      if (!isMissing(error)) throw error;
      this.#claimed.delete(topic);
      this.parts.topics.forget(topic);
      if ((await this.parts.topics.card(topic)) === undefined) return [];
      throw error;
    }
  }

  async #readLanes(topic: string, { lanes }: TopicCard): Promise<readonly LaneLag[]> {
    const { slot, isClaimed } = await this.#slotOf(topic);
    const all = Array.from({ length: lanes }, (_, partition) => ({ topic, partition, slot }));
    return Promise.all(all.map((lane) => this.#readLane(lane, isClaimed)));
  }

  /** Before a group first joins, what it would read then. */
  async #slotOf(topic: string): Promise<{ readonly slot: number; readonly isClaimed: boolean }> {
    const known = this.#claimed.get(topic);
    if (known !== undefined) return { slot: known, isClaimed: true };
    const { number, isClaimed } = await this.parts.slots.find(topic, this.options.group);
    if (isClaimed) this.#claimed.set(topic, number);
    return { slot: number, isClaimed };
  }

  async #readLane(lane: SlotLane, isClaimed: boolean): Promise<LaneLag> {
    const { topic, partition } = lane;
    const waiting = await this.parts.aws.count(this.parts.names.queue(lane));
    const stored = isClaimed ? await this.#position(lane) : undefined;
    const { next, taken } = stored ?? { next: 0, taken: 0 };
    const end = taken + waiting;
    const first = await this.#first(lane, taken, isClaimed && stored !== undefined);
    return {
      topic,
      partition,
      messages: end - next,
      ageMs: this.#ageMs(laneId(lane), next, end),
      first: String(Math.min(first, next)),
      next: next === 0 ? undefined : String(next),
      owner: stored?.owner,
      end: String(end),
    };
  }

  /** All that is kept is what was taken over, and lies in one of two queues. Moves slowly, so it isn't asked for each time. */
  async #first(lane: SlotLane, taken: number, isKnown: boolean): Promise<number> {
    const id = laneId(lane);
    const known = this.#firsts.get(id);
    if (known !== undefined && this.clock() - known.atMs < FIRST_MAX_AGE_MS) return known.first;
    const { aws, names } = this.parts;
    const queues = isKnown ? [names.hand(lane), names.past(lane)] : [];
    const kept = await Promise.all(queues.map((queue) => aws.count(queue)));
    const first = isKnown
      ? Math.max(
          kept.reduce((rest, count) => rest - count, taken),
          0,
        )
      : 0;
    this.#firsts.set(id, { first, atMs: this.clock() });
    return first;
  }

  /** A group that has just claimed its slot may have no queues for positions yet. */
  async #position(lane: SlotLane): Promise<GroupPosition | undefined> {
    try {
      return await new Positions(this.parts.aws, this.parts.names.position(lane)).read();
    } catch (error) {
      if (isMissing(error)) return undefined;
      throw error;
    }
  }

  #ageMs(id: string, next: number, end: number): number {
    const now = this.clock();
    const waiting = (this.#ends.get(id) ?? []).filter((seen) => seen.end > next);
    const isNew = end > Math.max(next, ...waiting.map((seen) => seen.end));
    const seen = isNew ? [...waiting, { end, atMs: now }] : waiting;
    this.#ends.set(id, end === next ? [] : seen);
    const [oldest] = seen;
    return oldest === undefined || end === next ? 0 : now - oldest.atMs;
  }
}
