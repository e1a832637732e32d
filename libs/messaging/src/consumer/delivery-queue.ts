import type { BrokerRecord, Lane, LanePosition, Subscription } from '../broker.js';
import { newDelivery } from './delivery.js';
import type { Delivery } from './delivery.js';
import { Fifo } from './fifo.js';
import { LaneWindow } from './lane-window.js';
import { whyStill } from './lanes-still.js';
import type { LaneStill } from './lanes-still.js';
import type { ReadRecord } from './read-record.js';

export interface QueueLimits {
  /** Records of one lane that may wait before it is paused. */
  readonly maxBacklog: number;
  readonly maxBacklogBytes: number;
  /** Records of one lane that may lie between its position and its newest record. */
  readonly maxSpan: number;
}

export const DEFAULT_QUEUE_LIMITS: QueueLimits = {
  maxBacklog: 2_000,
  maxBacklogBytes: 16 * 1_024 * 1_024,
  maxSpan: 20_000,
};

/**
 * Everything that waits to be handled, over all lanes. Takes in lane order, so that messages of a key keep their order;
 * a key that is held (its outside call is in flight) keeps back its own later messages and nobody else's.
 */
export class DeliveryQueue {
  readonly #limits: QueueLimits;
  readonly #lanes = new Map<string, { readonly window: LaneWindow<Delivery>; readonly fifo: Fifo<Delivery> }>();
  /** Ahead of all lanes: what comes back for another attempt and what was held back by a key. */
  #ready: Delivery[] = [];
  /** Held keys and what waits behind each. */
  readonly #held = new Map<string, Delivery[]>();
  #turn = 0;

  readonly #read: (record: BrokerRecord) => readonly ReadRecord[];

  constructor(read: (record: BrokerRecord) => readonly ReadRecord[], limits: QueueLimits = DEFAULT_QUEUE_LIMITS) {
    this.#read = read;
    this.#limits = limits;
  }

  /** @returns the deliveries, one for each handler of a record; those that aren't for this group are settled at once. */
  add(lane: Lane, records: readonly BrokerRecord[]): readonly Delivery[] {
    const id = laneId(lane);
    let entry = this.#lanes.get(id);
    if (!entry) {
      entry = { window: new LaneWindow<Delivery>({ topic: lane.topic, partition: lane.partition }), fifo: new Fifo() };
      this.#lanes.set(id, entry);
    }
    const { window, fifo } = entry;
    const deliveries: Delivery[] = [];
    for (const record of records) {
      for (const read of this.#read(record)) {
        const delivery = newDelivery(record, window, read);
        window.add(delivery);
        if (delivery.settled) window.taken(delivery);
        else fifo.push(delivery);
        deliveries.push(delivery);
      }
    }
    return deliveries;
  }

  /** Forgets everything that hasn't been taken; what has been taken no longer moves a position. Held keys stay held. */
  reset(): void {
    for (const { window } of this.#lanes.values()) window.closed = true;
    this.#lanes.clear();
    this.#ready = [];
    for (const waiting of this.#held.values()) waiting.length = 0;
  }

  /**
   * Takes up to `max` deliveries; one alone if it asks to be alone. `holds` says, for each taken delivery, whether its
   * key is to be held from here on (until {@link release}).
   */
  take(max: number, holds: (delivery: Delivery) => boolean): Delivery[] {
    const batch: Delivery[] = [];
    this.#takeReady(batch, max, holds);
    if (batch.length >= max || this.#ready.length > 0 || batch[0]?.alone === true) return batch;
    const lanes = [...this.#lanes.values()];
    for (let step = 0; step < lanes.length && batch.length < max; step += 1) {
      const entry = lanes[(this.#turn + step) % lanes.length];
      while (batch.length < max) {
        const delivery = entry?.fifo.peek();
        if (delivery === undefined || (delivery.alone && batch.length > 0)) break;
        entry?.fifo.shift();
        this.#takeOne(delivery, batch, holds);
        if (delivery.alone && batch.length > 0) return batch;
      }
    }
    this.#turn = lanes.length === 0 ? 0 : (this.#turn + 1) % lanes.length;
    return batch;
  }

  #takeReady(batch: Delivery[], max: number, holds: (delivery: Delivery) => boolean): void {
    let index = 0;
    while (index < this.#ready.length && batch.length < max) {
      const delivery = this.#ready[index];
      if (delivery === undefined || (delivery.alone && batch.length > 0)) break;
      index += 1;
      this.#takeOne(delivery, batch, holds);
      if (batch[0]?.alone === true) break;
    }
    if (index > 0) this.#ready = this.#ready.slice(index);
  }

  #takeOne(delivery: Delivery, batch: Delivery[], holds: (delivery: Delivery) => boolean): void {
    const waiting = delivery.keyId === undefined ? undefined : this.#held.get(delivery.keyId);
    if (waiting) {
      waiting.push(delivery);
      return;
    }
    delivery.window.taken(delivery);
    batch.push(delivery);
    if (delivery.keyId !== undefined && holds(delivery)) this.#held.set(delivery.keyId, []);
  }

  /**
   * Puts deliveries back, in the order given, ahead of everything else, and frees their keys: what waited behind them
   * comes after them. Deliveries of lanes lost meanwhile are forgotten.
   */
  putBack(deliveries: readonly Delivery[]): void {
    const waiting = deliveries.flatMap(({ keyId }) => this.#free(keyId));
    const live = deliveries.filter(({ window }) => !window.closed);
    for (const delivery of live) delivery.window.returned(delivery);
    this.#ready = [...live, ...waiting, ...this.#ready];
  }

  /** Frees the key: what waited behind it comes next, in order. */
  release(keyId: string | undefined): void {
    const waiting = this.#free(keyId);
    if (waiting.length > 0) this.#ready = [...waiting, ...this.#ready];
  }

  #free(keyId: string | undefined): readonly Delivery[] {
    const waiting = keyId === undefined ? undefined : this.#held.get(keyId);
    if (keyId === undefined || waiting === undefined) return [];
    this.#held.delete(keyId);
    return waiting;
  }

  /** Positions that have moved since the last call. */
  advance(): LanePosition[] {
    const positions: LanePosition[] = [];
    for (const { window } of this.#lanes.values()) {
      const next = window.advance();
      if (next !== undefined) positions.push({ ...window.lane, next });
    }
    return positions;
  }

  /** Lanes that records wait in, and what their positions wait for. */
  still(isInterrupted: boolean): readonly LaneStill[] {
    return [...this.#lanes.values()].flatMap(({ window: { lane, head } }) => {
      if (!head) return [];
      const reason = isInterrupted ? 'its transaction is interrupted again and again' : whyStill(head.delivery);
      return [{ ...lane, position: head.delivery.record.position, forMs: head.forMs, reason }];
    });
  }

  regulate(subscription: Pick<Subscription, 'pause' | 'resume'>): void {
    const { pause, resume } = this.flow();
    for (const lane of pause) subscription.pause(lane);
    for (const lane of resume) subscription.resume(lane);
  }

  /** Lanes to pause (full) and to resume (half empty), once per change. */
  flow(): { readonly pause: readonly Lane[]; readonly resume: readonly Lane[] } {
    const { maxBacklog, maxBacklogBytes, maxSpan } = this.#limits;
    const pause: Lane[] = [];
    const resume: Lane[] = [];
    for (const { window } of this.#lanes.values()) {
      const full = window.backlog >= maxBacklog || window.backlogBytes >= maxBacklogBytes || window.span >= maxSpan;
      const roomy =
        window.backlog <= maxBacklog / 2 && window.backlogBytes <= maxBacklogBytes / 2 && window.span <= maxSpan / 2;
      if (!window.paused && full) pause.push(window.lane);
      if (window.paused && roomy) resume.push(window.lane);
      if (full) window.paused = true;
      else if (roomy) window.paused = false;
    }
    return { pause, resume };
  }
}

function laneId({ topic, partition }: Lane): string {
  return `${topic} ${partition}`;
}
