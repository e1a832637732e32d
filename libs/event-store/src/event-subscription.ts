import { randomUUID } from 'node:crypto';

import { isTransientDatabaseError } from '@waybill/database';
import type { Database, Transaction } from '@waybill/database';
import { BackgroundLoop, safeMessage } from '@waybill/observability';

import { EventLog } from './event-log.js';
import type { RecordedEvent } from './event-log.js';
import type { DomainEvent, EventStream } from './event-stream.js';
import {
  CREATE_SUBSCRIPTION,
  LEAVE_SUBSCRIPTION,
  MOVE_SUBSCRIPTION,
  NOTE_FAILURE,
  TAKE_SUBSCRIPTION,
} from './sql/subscriptions.js';

export interface EventSubscriptionOptions<Event extends DomainEvent> {
  /** Whose position it is: subscriptions of one name share the work, those of different names each get every event. */
  readonly name: string;
  readonly streams: readonly EventStream<Event>[];
  /** Handles events in order; what it writes in the transaction commits together with the position. */
  readonly handle: (events: readonly RecordedEvent<Event>[], tx: Transaction) => Promise<void>;
  /** Most events of one transaction. @default 500 */
  readonly maxBatch?: number;
  /** Milliseconds between two looks at an idle log. @default 250 */
  readonly pollIntervalMs?: number;
  /** Milliseconds until another process takes over from one that has died. @default 10000 */
  readonly leaseMs?: number;
  /** The most of its time that it works while it catches up, from 0 to 1: the rest is left to others. @default 1 */
  readonly dutyCycle?: number;
  /** Of a projection: where newer code has built its tables, this subscription is left to newer processes. @default 1 */
  readonly version?: number;
  /** Called by the owner whenever nothing is left to handle. */
  readonly onEnd?: () => Promise<void>;
  /** Called after an attempt that failed by what it handled, not by the database's being away. */
  readonly onFailure?: (error: unknown) => Promise<void>;
}

interface Lease {
  readonly position: string;
  readonly epoch: string;
}

/**
 * Follows the log of the event store, from its beginning and then as it grows, in whichever process owns the subscription. Each event is
 * handled once in effect, in order: the position moves in the handler's transaction, and only for the owner of the lease. An event
 * that can't be handled is tried again later and later, and holds up those after it: an order that is broken once is broken for good.
 */
export class EventSubscription<Event extends DomainEvent> {
  readonly #log: EventLog<Event>;
  readonly #owner = randomUUID();
  readonly #loop: BackgroundLoop;
  #lease: (Lease & { readonly renewAtMs: number }) | undefined;

  constructor(
    private readonly database: Database,
    private readonly options: EventSubscriptionOptions<Event>,
  ) {
    const { name, streams, pollIntervalMs = 250 } = options;
    this.#log = new EventLog(database, streams);
    this.#loop = new BackgroundLoop({
      work: `follow the events for ${name}`,
      step: (stopping) => this.#follow(stopping),
      intervalMs: pollIntervalMs,
    });
  }

  async start(): Promise<void> {
    await this.database.query(CREATE_SUBSCRIPTION, [this.options.name]);
    this.resume();
  }

  /** Starts one that exists: if it has been deleted meanwhile, it isn't made again. */
  resume(): void {
    this.#loop.start();
  }

  /** A look now: an event was appended in this process. */
  wake(): void {
    this.#loop.wake();
  }

  /** Ends the batch in hand and lets another process take over at once. Repeatable. */
  async stop(): Promise<void> {
    await this.#loop.stop();
    await this.database.query(LEAVE_SUBSCRIPTION, [this.options.name, this.#owner]).catch(() => {}); // it expires
    this.#lease = undefined;
  }

  async #follow(stopping: AbortSignal): Promise<number | void> {
    try {
      return await this.#batch(stopping);
    } catch (error) {
      if (!isTransientDatabaseError(error)) await this.#failed(error);
      throw error;
    }
  }

  /** Batch after batch, until nothing is left. @returns in how many milliseconds it continues, where it rests before */
  async #batch(stopping: AbortSignal): Promise<number | void> {
    const { maxBatch = 500, dutyCycle = 1, onEnd } = this.options;
    while (!stopping.aborted) {
      const beganAt = performance.now();
      const lease = await this.#own();
      if (lease === undefined) return;
      const { events, position, isEnd } = await this.#log.read(lease.position, maxBatch);
      if (position !== lease.position && !(await this.#handle(lease, events, position))) return;
      if (isEnd) return onEnd?.();
      if (dutyCycle < 1) return (performance.now() - beganAt) * (1 / dutyCycle - 1);
    }
  }

  async #failed(error: unknown): Promise<void> {
    const { name, onFailure } = this.options;
    try {
      await this.database.query(NOTE_FAILURE, [name, this.#owner, reasonOf(error)]);
      await onFailure?.(error);
    } catch (failure) {
      if (!isTransientDatabaseError(failure)) throw failure; // else it is noted at the next attempt
    }
  }

  async #own(): Promise<Lease | undefined> {
    const { name, leaseMs = 10_000, version = 1 } = this.options;
    if (this.#lease && performance.now() < this.#lease.renewAtMs) return this.#lease;
    const renewAtMs = performance.now() + leaseMs / 3; // before it is asked for: the database's clock starts later
    const [lease] = await this.database.query<{ position: string; epoch: string }>(TAKE_SUBSCRIPTION, [
      name,
      this.#owner,
      leaseMs,
      version,
    ]);
    this.#lease = lease && { ...lease, renewAtMs };
    return this.#lease;
  }

  /** @returns whether it was still the owner; else all is rolled back, and the other one does it. */
  async #handle(lease: Lease, events: readonly RecordedEvent<Event>[], position: string): Promise<boolean> {
    const { name, handle } = this.options;
    try {
      await this.database.transaction(async (tx) => {
        const moved = await tx.query(MOVE_SUBSCRIPTION, [name, position, lease.position, lease.epoch]);
        if (moved.length === 0) throw new LostError();
        if (events.length > 0) await handle(events, tx);
      });
    } catch (error) {
      this.#lease = undefined; // the position may have moved, if the connection was lost during COMMIT
      if (error instanceof LostError) return false;
      throw error;
    }
    if (this.#lease) this.#lease = { ...this.#lease, position };
    return true;
  }
}

/** What went wrong, without values. */
export function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return 'Something that is no error was thrown';
  return `${error.name}: ${safeMessage(error)}`.slice(0, 1_000);
}

/** Rolls the transaction of a process back that isn't the owner any more. */
class LostError extends Error {}
