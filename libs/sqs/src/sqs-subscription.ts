import { assignLanes, laneId } from '@waybill/messaging';
import type {
  BrokerLog,
  Lane,
  LanePosition,
  LostLog,
  Subscription,
  SubscriptionListener,
  SubscriptionOptions,
} from '@waybill/messaging';
import { backoffMs, endsWithin } from '@waybill/observability';

import type { Aws } from './aws.js';
import { LaneReader } from './lane-reader.js';
import { Members } from './members.js';
import type { SlotLane, SqsNames } from './names.js';
import type { Slots } from './slots.js';
import { isMissing, toError } from './sqs-errors.js';
import type { SqsSettings } from './sqs-options.js';
import { SubscriptionHealth } from './subscription-health.js';
import type { Topics } from './topics.js';

export interface SubscriptionParts {
  readonly aws: Aws;
  readonly names: SqsNames;
  readonly topics: Topics;
  readonly slots: Slots;
  readonly settings: SqsSettings;
  readonly log: BrokerLog;
}

const RETRY = { baseMs: 250, maxMs: 10_000 };
/** Positions that are acknowledged within this time are written together. */
const COMMIT_MS = 250;
const LAST_COMMIT_MS = 3_000;

/**
 * Hands records over and returns. A session lasts until a queue that it needs is gone: then all is looked for, or made, again. Within it, members of the
 * group deal the lanes out; one that two members take for theirs is read by one at a time all the same, see {@link LaneReader}.
 */
export class SqsSubscription implements Subscription {
  readonly #health: SubscriptionHealth;
  #members: Members | undefined;
  #lanes: readonly SlotLane[] = [];
  readonly #readers = new Map<string, LaneReader>();
  /** What ends later than it is given up. */
  readonly #ending = new Set<Promise<void>>();
  #steps: Promise<void> = Promise.resolve();
  #failures = 0;
  #begunAtMs: number | undefined;
  #retry: NodeJS.Timeout | undefined;
  #commitDue = false;
  #closed = false;

  constructor(
    private readonly parts: SubscriptionParts,
    private readonly options: SubscriptionOptions,
    private readonly listener: SubscriptionListener,
  ) {
    this.#health = new SubscriptionHealth(options.group, listener, parts.log);
  }

  /** Also resolves where there is no broker yet: the subscription keeps trying, and says so by its health. */
  async start(): Promise<void> {
    const started = this.#step(() => this.#begin());
    await endsWithin(this.parts.settings.startTimeoutMs, started);
  }

  pause(lane: Lane): void {
    this.#readers.get(laneId(lane))?.pause();
  }

  resume(lane: Lane): void {
    this.#readers.get(laneId(lane))?.resume();
  }

  /** There are no records that nobody can read: a message without our attribute is a record of its text. */
  skip(): void {}

  async acknowledge(positions: readonly LanePosition[]): Promise<void> {
    for (const position of positions) this.#readers.get(laneId(position))?.onDone(Number(position.next));
    this.#commitSoon();
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    this.#health.close();
    clearTimeout(this.#retry);
    await this.#steps;
    await endsWithin(LAST_COMMIT_MS, this.#commit()).catch(() => {}); // costs redeliveries, which the inbox removes
    this.#giveUp([...this.#readers.values()]);
    await this.#members?.leave();
    // A request that waits for records would have them in hand after this process has gone.
    await Promise.all(this.#ending);
  }

  /** One after the other. */
  #step(work: () => Promise<void>): Promise<void> {
    this.#steps = this.#steps.then(work).catch((error: unknown) => this.#fail(toError(error)));
    return this.#steps;
  }

  async #begin(): Promise<void> {
    if (this.#closed) return;
    const { aws, names, topics, slots, settings } = this.parts;
    const lanes = await Promise.all(
      this.options.topics.map(async (topic): Promise<readonly SlotLane[]> => {
        topics.forget(topic);
        const card = await topics.card(topic);
        if (card === undefined) throw new Error(`There is no topic ${topic}`);
        const slot = await slots.claim(topic, card, this.options.group);
        return Array.from({ length: card.lanes }, (_, partition) => ({ topic, partition, slot }));
      }),
    );
    this.#lanes = lanes.flat();
    const members: Members = new Members(
      aws,
      names.members(this.options.group),
      this.options.topics,
      settings.sessionTimeoutMs,
      {
        onChange: () => void this.#step(() => this.#assign(members)),
        onTrouble: (error) => this.#onTrouble('the group', error),
      },
    );
    this.#members = members;
    await members.join();
    await this.#assign(members);
    this.#begunAtMs = performance.now();
  }

  /** The lanes are kept that stay; of those what isn't done is handed over again, as a listener that hears of an assignment forgets it. */
  async #assign(members: Members): Promise<void> {
    if (this.#closed || members !== this.#members) return;
    const owners = assignLanes(members.all(), this.#lanes);
    const own = this.#lanes.filter((lane) => owners.get(laneId(lane)) === members.id);
    const leaving = [...this.#readers.values()].filter(
      ({ lane }) => !own.some((each) => laneId(each) === laneId(lane)),
    );
    const coming = own.filter((lane) => !this.#readers.has(laneId(lane))).map((lane) => this.#reader(lane));
    if (leaving.length === 0 && coming.length === 0 && this.#readers.size > 0) return;
    if (leaving.length > 0) await this.#commit().catch(() => {}); // the next owner reads a little again
    const staying = [...this.#readers.values()].filter((reader) => !leaving.includes(reader));
    this.#giveUp(leaving);
    for (const reader of coming) this.#readers.set(laneId(reader.lane), reader);
    this.#health.assigned(staying.map(({ lane }) => placeOf(lane)));
    this.listener.onAssigned([...this.#readers.values()].map(({ lane }) => lane));
    // Each by itself: one whose position can't be found out holds up neither the others nor what they have to commit.
    for (const reader of coming) reader.start(this.options.startAt?.(reader.lane));
    for (const reader of staying) reader.handOverAgain();
  }

  #reader(lane: SlotLane): LaneReader {
    const { aws, names, settings } = this.parts;
    const reader: LaneReader = new LaneReader(
      {
        aws,
        names,
        settings,
        owner: this.options.owner,
        onRecords: (of, records) => {
          if (!this.#closed && this.#readers.get(laneId(of)) === reader) this.listener.onRecords(of, records);
        },
        onLost: (position, log) => this.#onLost(position, log),
        onTrouble: (of, error) => this.#onTrouble(placeOf(of), error),
      },
      lane,
    );
    return reader;
  }

  #onLost(position: LanePosition, log: LostLog | undefined): void {
    const lane = laneId(position);
    this.parts.log.error(
      `ALERT sqs: ${this.options.group} can't read ${lane} from ${position.next} on: SQS doesn't have it`,
    );
    this.listener.onPositionLost?.(position, log);
  }

  #giveUp(readers: readonly LaneReader[]): void {
    for (const reader of readers) {
      this.#readers.delete(laneId(reader.lane));
      const ending = reader.stop().finally(() => this.#ending.delete(ending));
      this.#ending.add(ending);
    }
  }

  #onTrouble(source: string, error: Error | undefined): void {
    if (error === undefined || !isMissing(error)) return this.#health.on(source, error);
    const session = this.#members;
    // Each of its lanes may tell: the session ends once.
    void this.#step(async () => {
      if (session !== undefined && session === this.#members) throw error;
    });
  }

  /** The session is over: the next one begins after a growing delay. */
  #fail(error: Error): void {
    if (this.#closed) return;
    const hadLanes = this.#readers.size > 0;
    this.#giveUp([...this.#readers.values()]);
    void this.#members?.leave();
    this.#members = undefined;
    if (hadLanes) this.listener.onAssigned([]);
    this.#health.on('the session', error);
    // Its lanes are opened after it has begun: one that ends at once hasn't worked.
    const hasWorked = this.#begunAtMs !== undefined && performance.now() - this.#begunAtMs > RETRY.maxMs;
    this.#begunAtMs = undefined;
    this.#failures = hasWorked ? 1 : this.#failures + 1;
    clearTimeout(this.#retry);
    this.#retry = setTimeout(() => void this.#step(() => this.#begin()), backoffMs(this.#failures, RETRY));
  }

  #commitSoon(): void {
    if (this.#commitDue || this.#closed) return;
    this.#commitDue = true;
    setTimeout(() => {
      void this.#step(async () => {
        this.#commitDue = false;
        try {
          await this.#commit();
          this.#health.on('positions', undefined);
        } catch (error) {
          this.#onTrouble('positions', toError(error));
          this.#commitSoon();
        }
      });
    }, COMMIT_MS);
  }

  /** All lanes that have moved, at once. @throws what `beforeCommit` or AWS throws */
  async #commit(): Promise<void> {
    const moved = [...this.#readers.values()].filter((reader) => reader.moved !== undefined);
    if (moved.length === 0) return;
    await this.options.beforeCommit?.(moved.flatMap((reader) => reader.moved ?? []));
    const committed = await Promise.all(moved.map((reader) => reader.commit()));
    const positions = committed.filter((position): position is LanePosition => position !== undefined);
    if (positions.length > 0) this.options.onCommitted?.(positions);
  }
}

/** What a lane's trouble is told under. */
function placeOf(lane: Lane): string {
  return `lane ${laneId(lane)}`;
}
