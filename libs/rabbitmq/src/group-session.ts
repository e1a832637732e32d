import { assignLanes, laneId } from '@waybill/messaging';
import type { Lane, LanePosition, SubscriptionListener, SubscriptionOptions } from '@waybill/messaging';
import { within } from '@waybill/observability';
import type { ChannelModel } from 'amqplib';

import { closeConnection } from './connection.js';
import { ensureGroup, readBounds, readPosition } from './group.js';
import { HeldLane } from './held-lane.js';
import { InTurn } from './in-turn.js';
import { Lease } from './lease.js';
import { Members } from './members.js';
import type { Names } from './names.js';
import { RabbitError, toRabbitError } from './rabbit-errors.js';
import { expiryOf } from './retention.js';
import { StreamReader } from './stream-reader.js';
import { lanesOf } from './topics.js';
import type { TopicCard, Topics } from './topics.js';

export interface SessionParts {
  readonly connect: () => Promise<ChannelModel>;
  readonly topics: Topics;
  readonly names: Names;
  readonly prefetch: number;
  readonly options: SubscriptionOptions;
  readonly listener: SubscriptionListener;
  /** The broker keeps back what is published, and so acknowledgements, too; `undefined` = no longer. */
  readonly onBlocked: (reason: string | undefined) => void;
  /** It is over: another one must begin. */
  readonly onEnd: (error: Error) => void;
}

/** Members that come or go together are dealt with together. */
const SETTLE_MS = 50;
/** How long lanes that have come wait for the others that are to come: each assignment begins all of them again. */
const GATHER_MS = 200;
/** A member that waits longer for its lanes begins without: the member that has them is stuck, or there is none for it. */
const FIRST_LANES_MS = 3_000;
const LAST_COMMIT_MS = 2_000;

/**
 * One life of a member of a group, on one connection: what goes wrong on it ends the session, and the broker frees what it held. Every
 * member works out who gets which lane, requests the leases of its own ones, and releases the others once it has stopped reading
 * them and its positions are stored.
 */
export class GroupSession {
  readonly #members: Members;
  readonly #leases = new Map<string, Lease>();
  readonly #held = new Map<string, HeldLane>();
  readonly #cards = new Map<string, TopicCard>();
  #lanes: readonly Lane[] = [];
  #connection: ChannelModel | undefined;
  readonly #steps = new InTurn();
  #settling: NodeJS.Timeout | undefined;
  #gathering: NodeJS.Timeout | undefined;
  #onFirstLanes: () => void = () => {};
  #begun = false;
  #over = false;

  constructor(private readonly parts: SessionParts) {
    const { group, topics } = parts.options;
    this.#members = new Members(group, topics, parts.names, {
      onChange: () => this.#settleSoon(),
      onLost: (error) => this.#end(error),
    });
  }

  /** Resolves once the first lanes are assigned. @throws RabbitError where it ends before */
  async begin(): Promise<void> {
    const { options, names, onBlocked } = this.parts;
    const connection = await this.parts.connect();
    this.#connection = connection;
    if (this.#over) await closeConnection(connection); // closed meanwhile
    connection.on('close', (error) => this.#end(error ?? new RabbitError('The connection was closed', {})));
    connection.on('blocked', (reason) => onBlocked(reason));
    connection.on('unblocked', () => onBlocked(undefined));
    try {
      await this.#findLanes();
      await ensureGroup(connection, names, options.group, this.#lanes);
      await this.#members.join(connection);
      const firstLanes = new Promise<void>((resolve) => (this.#onFirstLanes = resolve));
      this.#settleSoon();
      const patience = setTimeout(() => this.#assignSoon(0), FIRST_LANES_MS);
      await firstLanes;
      clearTimeout(patience);
    } catch (error) {
      this.#over = true;
      await this.#leave();
      throw toRabbitError(error);
    }
  }

  lane(lane: Lane): HeldLane | undefined {
    return this.#held.get(laneId(lane));
  }

  /** @throws what `beforeCommit` or the broker throws */
  async commit(): Promise<void> {
    const { beforeCommit, onCommitted, owner } = this.parts.options;
    const moved = [...this.#held.values()].filter((held) => held.hasMoved);
    if (moved.length === 0) return;
    await beforeCommit?.(moved.map((held) => held.position));
    const committed = await Promise.all(moved.map((held) => held.commit(owner)));
    const positions = committed.filter((position): position is LanePosition => position !== undefined);
    if (positions.length > 0) onCommitted?.(positions);
  }

  /** Leaves the group; what was acknowledged is stored before. */
  async close(): Promise<void> {
    if (this.#over) return;
    this.#over = true;
    await this.#stopReading();
    await within(LAST_COMMIT_MS, this.commit()).catch(() => {}); // costs redeliveries, which the inbox removes
    await this.#leave();
  }

  async #findLanes(): Promise<void> {
    for (const topic of this.parts.options.topics) {
      this.parts.topics.forget(topic);
      const card = await this.parts.topics.card(topic);
      if (card === undefined) throw new RabbitError(`There is no topic ${topic}`, { code: 404 });
      this.#cards.set(topic, card);
    }
    this.#lanes = [...this.#cards].flatMap(([topic, card]) => lanesOf(topic, card));
  }

  #settleSoon(): void {
    clearTimeout(this.#settling);
    this.#settling = setTimeout(() => this.#step(() => this.#settle()), SETTLE_MS);
  }

  #assignSoon(delayMs: number): void {
    if (this.#over) return;
    clearTimeout(this.#gathering);
    this.#gathering = setTimeout(() => {
      this.#gathering = undefined;
      this.#step(() => this.#assign());
    }, delayMs);
  }

  /** Gives up what isn't this member's any more, and asks for what is. */
  async #settle(): Promise<void> {
    const owners = assignLanes(this.#members.all(), this.#lanes);
    const isMine = (id: string): boolean => owners.get(id) === this.#members.id;
    const leaving = [...this.#leases.values()].filter(({ lane }) => !isMine(laneId(lane)));
    if (leaving.some(({ lane }) => this.#held.has(laneId(lane)))) {
      await this.#stopReading();
      await this.commit().catch(() => {}); // the next owner reads a little again
      for (const { lane } of leaving) this.#held.delete(laneId(lane));
      await this.#read();
    }
    for (const lease of leaving) this.#leases.delete(laneId(lease.lane));
    await Promise.all(leaving.map((lease) => lease.release()));
    const wanted = this.#lanes.filter((lane) => isMine(laneId(lane)) && !this.#leases.has(laneId(lane)));
    for (const lane of wanted) this.#request(lane);
    if (this.#leases.size === 0 && !this.#begun) this.#assignSoon(0);
  }

  /** Nobody waits for it: a lease whose queue has no leader holds up no other lane. */
  #request(lane: Lane): void {
    const { options, names } = this.parts;
    const lease = new Lease({
      lane,
      group: options.group,
      names,
      onGained: () => this.#onGained(),
      onLost: (error) => this.#end(error),
    });
    this.#leases.set(laneId(lane), lease);
    lease.request(this.#theConnection).catch((error: unknown) => {
      if (this.#leases.get(laneId(lane)) === lease) this.#end(toRabbitError(error));
    });
  }

  #onGained(): void {
    const all = [...this.#leases.values()].every(({ isHeld }) => isHeld);
    if (all) this.#assignSoon(0);
    else if (this.#begun && this.#gathering === undefined) this.#assignSoon(GATHER_MS);
  }

  /** Takes up the lanes whose leases have come, at the position that the group has reached. */
  async #assign(): Promise<void> {
    const gained = [...this.#leases.values()].filter(({ lane, isHeld }) => isHeld && !this.#held.has(laneId(lane)));
    if (gained.length === 0 && this.#begun) return;
    const reader = new StreamReader(this.#theConnection);
    const held = await Promise.all(gained.map((lease) => this.#open(lease, reader)));
    await reader.close();
    await this.#stopReading();
    for (const each of held) this.#held.set(laneId(each.lane), each);
    await this.#read();
    this.#begun = true;
    this.#onFirstLanes();
  }

  async #open(lease: Lease, reader: StreamReader): Promise<HeldLane> {
    const { lane } = lease;
    const { names, options, listener, prefetch } = this.parts;
    const [position, bounds] = await Promise.all([
      readPosition(reader, names.position(options.group, lane)),
      readBounds(reader, names.lane(lane), expiryOf(this.#cards.get(lane.topic))),
    ]);
    const parts = { lease, stream: names.lane(lane), prefetch, listener, onBroken: (error: Error) => this.#end(error) };
    return new HeldLane(parts, position, bounds);
  }

  async #stopReading(): Promise<void> {
    await Promise.all([...this.#held.values()].map((held) => held.stop()));
  }

  /** All lanes again: a listener that hears of an assignment forgets what it hasn't begun. */
  async #read(): Promise<void> {
    if (this.#over) return;
    const held = [...this.#held.values()];
    for (const each of held) each.rewind(this.parts.options.startAt?.(each.lane));
    this.parts.listener.onAssigned(held.map(({ lane }) => lane));
    await Promise.all(held.map((each) => each.start(this.#theConnection)));
  }

  /** One after the other. */
  #step(work: () => Promise<void>): void {
    void this.#steps.run(async () => {
      if (!this.#over) await work().catch((error: unknown) => this.#end(toRabbitError(error)));
    });
  }

  get #theConnection(): ChannelModel {
    if (this.#connection === undefined || this.#over) throw new RabbitError('The session is over', {});
    return this.#connection;
  }

  #end(error: Error): void {
    if (this.#over) return;
    this.#over = true;
    this.#onFirstLanes();
    for (const held of this.#held.values()) void held.stop();
    void this.#leave();
    this.parts.onEnd(error);
  }

  async #leave(): Promise<void> {
    clearTimeout(this.#settling);
    clearTimeout(this.#gathering);
    for (const lease of this.#leases.values()) lease.forget();
    await this.#members.leave();
    if (this.#connection !== undefined) await closeConnection(this.#connection);
  }
}
