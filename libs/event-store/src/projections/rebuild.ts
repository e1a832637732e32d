import { randomUUID } from 'node:crypto';

import type { Database, Transaction } from '@waybill/database';

import { EventLog } from '../event-log.js';
import type { DomainEvent } from '../event-stream.js';
import { EventSubscription, reasonOf } from '../event-subscription.js';
import { APPENDING } from '../sql/append-events.js';
import { LAST_POSITION } from '../sql/event-horizon.js';
import {
  BEGIN_REBUILD,
  DELETE_SUBSCRIPTION,
  END_REBUILD,
  HAND_OVER_SUBSCRIPTION,
  LOCK_REBUILD,
  LOCK_SUBSCRIPTION,
  RESTART_REBUILD,
} from '../sql/projections.js';
import { CREATE_SUBSCRIPTION } from '../sql/subscriptions.js';
import type { Projection, RebuildStatus } from './projection.js';
import {
  analyzeRebuildTables,
  createRebuildTables,
  dropRebuildTables,
  haveSameShape,
  switchTables,
  useRebuildTables,
} from './rebuild-tables.js';

export interface RebuildOptions {
  /** Most events of one transaction. */
  readonly maxBatch: number;
  readonly leaseMs: number;
  /** The most of its time that a rebuild works, from 0 to 1. */
  readonly dutyCycle: number;
  readonly pollIntervalMs: number;
}

/** Attempts that may fail, of all. What the database's being away is to blame for isn't counted. */
const MOST_FAILURES = 5;
/** How long the switch waits for those who use the tables, and so how long others may wait behind it; then it is tried again later. */
const LOCK_TIMEOUT_MS = 500;
/** Batches that the switch itself applies, at most, while appenders or the subscription wait. */
const BATCHES_OF_SWITCH = 4;
/** SQLSTATEs: lock not available; deadlock. */
const COULD_NOT_LOCK = new Set<unknown>(['55P03', '40P01']);

const LIMIT_WAITING = {
  name: 'projection_limit_waiting',
  text: `SELECT set_config('lock_timeout', '${LOCK_TIMEOUT_MS}', true)`,
};
/** Waits until every transaction that has appended has ended, and makes the next ones wait. */
const STOP_APPENDERS = {
  name: 'projection_stop_appenders',
  text: `SELECT pg_advisory_xact_lock(${APPENDING.join(', ')})`,
};

/** @returns whether it begun; else one is running, or newer code has built the tables. @throws RebuildRefusedError */
export async function beginRebuild(
  tx: Transaction,
  { name, tables, version = 1 }: Projection<never>,
  { by, reason }: { readonly by: string; readonly reason: string },
): Promise<boolean> {
  const id = randomUUID();
  const begun = await tx.query(BEGIN_REBUILD, [name, id, version, by, reason]);
  if (begun.length === 0) return false;
  await createRebuildTables(tx, tables);
  await tx.query(CREATE_SUBSCRIPTION, [subscriptionOf(name, id)]);
  return true;
}

/** Begins the rebuild from zero once more: with newer code, or because the tables in use were altered. */
export async function restartRebuild(
  tx: Transaction,
  { name, tables, version = 1 }: Projection<never>,
  id: string,
): Promise<void> {
  const next = randomUUID();
  if ((await tx.query(RESTART_REBUILD, [name, id, next, version])).length === 0) return;
  await tx.query(DELETE_SUBSCRIPTION, [subscriptionOf(name, id)]);
  await createRebuildTables(tx, tables);
  await tx.query(CREATE_SUBSCRIPTION, [subscriptionOf(name, next)]);
}

/** @returns whether it was running */
export async function endRebuild(
  tx: Transaction,
  { name, tables }: Projection<never>,
  id: string,
  status: Exclude<RebuildStatus, 'RUNNING'>,
  failure: string | null,
): Promise<boolean> {
  if ((await tx.query(END_REBUILD, [name, id, status, failure])).length === 0) return false;
  await tx.query(DELETE_SUBSCRIPTION, [subscriptionOf(name, id)]);
  if (status !== 'DONE') await dropRebuildTables(tx, tables);
  return true;
}

/**
 * One rebuild, in whichever process has its lease: applies the whole log to new tables, batch after batch, and puts them in the place
 * of the old ones once it has caught up. Its position commits together with what it writes, so another process continues where one that died
 * had come to. The fifth attempt that fails ends it as FAILED; the tables in use stay as they are.
 */
export class Rebuild<Event extends DomainEvent> {
  readonly #subscription: EventSubscription<Event>;
  #failures = 0;
  #analyzed = false;

  constructor(
    private readonly database: Database,
    private readonly projection: Projection<Event>,
    private readonly id: string,
    private readonly options: RebuildOptions,
  ) {
    const { name, streams } = projection;
    this.#subscription = new EventSubscription(database, {
      ...options,
      name: subscriptionOf(name, id),
      streams,
      handle: async (events, tx) => {
        await useRebuildTables(tx);
        await projection.project(events, tx);
      },
      onEnd: () => this.#switch(),
      onFailure: (error) => this.#failed(error),
    });
  }

  start(): void {
    this.#subscription.resume();
  }

  stop(): Promise<void> {
    return this.#subscription.stop();
  }

  async #switch(): Promise<void> {
    const { name, tables } = this.projection;
    try {
      if (!this.#analyzed) await this.database.transaction((tx) => analyzeRebuildTables(tx, tables));
      this.#analyzed = true;
      await this.database.transaction(async (tx) => {
        await tx.query(LIMIT_WAITING);
        if ((await tx.query(LOCK_REBUILD, [name, this.id])).length === 0) return; // it has ended
        if (!(await haveSameShape(tx, tables))) return restartRebuild(tx, this.projection, this.id);
        const position = await this.#applyTheRest(tx);
        await switchTables(tx, tables);
        await tx.query(HAND_OVER_SUBSCRIPTION, [name, position]);
        await endRebuild(tx, this.projection, this.id, 'DONE', null);
      });
    } catch (error) {
      if (!(error instanceof BehindError) && !couldNotLock(error)) throw error; // else it is tried again at the next look
    }
  }

  /**
   * Stops whoever could change the tables in use until the end of the transaction, and applies what they know and the new ones don't.
   * @returns the position of the new tables
   * @throws BehindError where too much is left, while others wait
   */
  async #applyTheRest(tx: Transaction): Promise<string> {
    const { name, lifecycle, streams, project } = this.projection;
    const [own] = await tx.query<{ position: string }>(LOCK_SUBSCRIPTION, [subscriptionOf(name, this.id)]);
    if (!own) throw new BehindError(); // restarted meanwhile
    if (lifecycle === 'inline') await tx.query(STOP_APPENDERS);
    const inUse = lifecycle === 'inline' ? LAST_POSITION : LOCK_SUBSCRIPTION;
    const [end] = await tx.query<{ position: string }>(inUse, lifecycle === 'inline' ? [] : [name]);
    const log = new EventLog<Event>(tx, streams);
    let { position } = own;
    await useRebuildTables(tx);
    const target = end?.position ?? position;
    for (let batches = 0; BigInt(position) < BigInt(target); batches++) {
      if (batches === BATCHES_OF_SWITCH) throw new BehindError();
      const page = await log.readUpTo(target, position, this.options.maxBatch);
      if (page.events.length > 0) await project(page.events, tx);
      ({ position } = page);
    }
    return position;
  }

  async #failed(error: unknown): Promise<void> {
    this.#failures += 1;
    if (this.#failures < MOST_FAILURES) return;
    await this.database.transaction((tx) => endRebuild(tx, this.projection, this.id, 'FAILED', reasonOf(error)));
  }
}

/** Rolls the switch back: the new tables have to catch up first. */
class BehindError extends Error {}

function couldNotLock(error: unknown): boolean {
  return error instanceof Error && 'code' in error && COULD_NOT_LOCK.has(error.code);
}

function subscriptionOf(name: string, id: string): string {
  return `${name}/${id}`;
}
