import type { Database, Transaction } from '@waybill/database';
import { BackgroundLoop, unlessOver } from '@waybill/observability';
import type { MonitorSource } from '@waybill/observability';

import { streamIdOf } from '../event-rows.js';
import { EventSubscription } from '../event-subscription.js';
import { CREATE_PROJECTION, FIND_EVENT_POSITION, RUNNING_REBUILDS } from '../sql/projections.js';
import { projectionMonitor, readProjectionStates } from './projection-states.js';
import { ProjectionWaits } from './projection-waits.js';
import { RebuildRefusedError, UnknownProjectionError } from './projection.errors.js';
import { checkedProjection } from './projection.js';
import type { Projection, ProjectionState } from './projection.js';
import { beginRebuild, endRebuild, Rebuild, restartRebuild } from './rebuild.js';
import type { RebuildOptions } from './rebuild.js';

export interface ProjectionsOptions {
  /** Milliseconds between two looks of an async projection, and so how far it is behind; a reader who waits cuts it short. @default 500 */
  readonly pollIntervalMs?: number;
  /** Milliseconds between two looks for rebuilds that were asked for in other processes. @default 2000 */
  readonly rebuildIntervalMs?: number;
  /** Most events of one transaction. @default 500 */
  readonly maxBatch?: number;
  /** Milliseconds until another process takes over from one that has died. @default 10000 */
  readonly leaseMs?: number;
  /** The most of its time that a rebuild works, from 0 to 1; what is left is the service's. @default 0.5 */
  readonly rebuildDutyCycle?: number;
}

/** A fact that somebody has seen, and wants to find in a projection: the `version`-th event of an aggregate. */
export interface KnownEvent {
  readonly stream: { readonly category: string };
  readonly id: string;
  readonly version: number;
}

type WaitOutcome = 'behind' | 'reached' | 'unknown';

interface RunningRow {
  readonly name: string;
  readonly id: string;
  readonly version: number;
}

/**
 * The projections of a service: keeps the async ones up to date, rebuilds any of them beside the running service, says how far behind they
 * are, and lets a reader wait for what it has written. One for each process; any number of processes share the work by leases.
 */
export class Projections {
  readonly #projections: ReadonlyMap<string, Projection<never>>;
  readonly #subscriptions: ReadonlyMap<string, EventSubscription<never>>;
  readonly #waits: ReadonlyMap<string, ProjectionWaits>;
  readonly #rebuilds = new Map<string, Rebuild<never>>();
  readonly #rebuildOptions: RebuildOptions;
  readonly #loop: BackgroundLoop;

  /** @throws RangeError where a projection isn't well defined, or two have one name */
  constructor(
    private readonly database: Database,
    projections: readonly Projection<never>[],
    options: ProjectionsOptions = {},
  ) {
    const { pollIntervalMs = 500, rebuildIntervalMs = 2_000, maxBatch = 500, leaseMs = 10_000 } = options;
    this.#projections = new Map(projections.map((projection) => [projection.name, checkedProjection(projection)]));
    if (this.#projections.size < projections.length) throw new RangeError('Two projections have the same name');
    const async = projections.filter(({ lifecycle }) => lifecycle === 'async');
    this.#subscriptions = new Map(
      async.map(({ name, streams, project, version = 1 }) => [
        name,
        new EventSubscription(database, { name, streams, handle: project, version, pollIntervalMs, maxBatch, leaseMs }),
      ]),
    );
    this.#waits = new Map(
      async.map(({ name }) => [name, new ProjectionWaits(database, name, () => this.#subscriptions.get(name)?.wake())]),
    );
    this.#rebuildOptions = { maxBatch, leaseMs, pollIntervalMs: 100, dutyCycle: options.rebuildDutyCycle ?? 0.5 };
    this.#loop = new BackgroundLoop({
      work: 'look for rebuilds of projections',
      step: (stopping) => this.#look(stopping),
      intervalMs: rebuildIntervalMs,
    });
  }

  async start(): Promise<void> {
    for (const { name, version = 1 } of this.#projections.values()) {
      await this.database.query(CREATE_PROJECTION, [name, version]);
    }
    await Promise.all([...this.#subscriptions.values()].map((subscription) => subscription.start()));
    this.#loop.start();
  }

  /** Ends the batches in hand; other processes take over at once. Repeatable. */
  async stop(): Promise<void> {
    await this.#loop.stop();
    await Promise.all([...this.#subscriptions.values(), ...this.#rebuilds.values()].map((running) => running.stop()));
    this.#rebuilds.clear();
  }

  /** How far they are behind, for metrics and alerts: to be registered with `Monitor`. */
  get monitor(): MonitorSource {
    return projectionMonitor(this.database, [...this.#projections.values()]);
  }

  /** In the order in which they were given. */
  async list(): Promise<readonly ProjectionState[]> {
    return readProjectionStates(this.database, [...this.#projections.values()]);
  }

  /** @throws UnknownProjectionError */
  find(name: string): Promise<ProjectionState> {
    return this.#state(this.database, this.#known(name));
  }

  /**
   * Has a projection made again from the first event on, beside the one in use: whichever process is first does it, in the background, and
   * puts the new tables in the place of the old ones. Commits with the transaction.
   * @returns whether this began it; `false`: one is running already, which is to be followed
   * @throws UnknownProjectionError, RebuildRefusedError
   */
  async rebuild(
    tx: Transaction,
    name: string,
    why: { readonly by: string; readonly reason: string },
  ): Promise<boolean> {
    const projection = this.#known(name);
    const begun = await beginRebuild(tx, projection, why);
    if (begun) {
      tx.afterCommit(() => this.#loop.wake());
      return true;
    }
    const { builtVersion, version } = await this.#state(tx, projection);
    if (builtVersion <= version) return false;
    throw new RebuildRefusedError(
      `The tables of ${name} were built by version ${builtVersion}, this process knows ${version}: ask a process of the new version`,
    );
  }

  /**
   * Ends the running rebuild, and drops what it has made; the tables in use stay.
   * @returns whether one was running
   * @throws UnknownProjectionError
   */
  async cancelRebuild(tx: Transaction, name: string): Promise<boolean> {
    const projection = this.#known(name);
    const [running] = await tx.query<RunningRow>(RUNNING_REBUILDS, [[name]]);
    return running !== undefined && endRebuild(tx, projection, running.id, 'CANCELLED', null);
  }

  /**
   * Waits until a projection shows an event, and so what came before it. Who doesn't wait (`waitMs` is 0, or the signal aborted already)
   * looks once, however long that takes.
   * @returns `behind`: not within `waitMs` or before the signal aborted, also where the database doesn't answer. `unknown`: there is no such
   * event, as in a database that was restored to an earlier time
   * @throws UnknownProjectionError
   */
  async waitFor(name: string, event: KnownEvent, waitMs: number, signal: AbortSignal): Promise<WaitOutcome> {
    const outcome = this.#passes(name, event, performance.now() + waitMs, signal);
    if (waitMs <= 0 || signal.aborted) return outcome;
    return (await unlessOver(outcome, { timeoutMs: waitMs, signals: [signal] })) ?? 'behind';
  }

  async #passes(
    name: string,
    { stream, id, version }: KnownEvent,
    deadline: number,
    signal: AbortSignal,
  ): Promise<WaitOutcome> {
    const { lifecycle } = this.#known(name);
    const parameters = [streamIdOf(stream, id), version];
    const [event] = await this.database.query<{ position: string }>(FIND_EVENT_POSITION, parameters);
    if (!event) return 'unknown';
    if (lifecycle === 'inline') return 'reached';
    const hasReached = await this.#waits.get(name)?.until(event.position, deadline, signal);
    return hasReached === true ? 'reached' : 'behind';
  }

  async #look(stopping: AbortSignal): Promise<void> {
    const rows = await this.database.query<RunningRow>(RUNNING_REBUILDS, [[...this.#projections.keys()]]);
    for (const [id, rebuild] of this.#rebuilds) {
      if (rows.some((row) => row.id === id)) continue;
      this.#rebuilds.delete(id);
      await rebuild.stop();
    }
    for (const { name, id, version } of rows) {
      if (stopping.aborted) return;
      const projection = this.#known(name);
      const known = projection.version ?? 1;
      if (version < known) {
        await this.database.transaction((tx) => restartRebuild(tx, projection, id));
        this.#loop.wake();
      } else if (version === known && !this.#rebuilds.has(id)) {
        const rebuild = new Rebuild(this.database, projection, id, this.#rebuildOptions);
        this.#rebuilds.set(id, rebuild);
        rebuild.start();
      } // else newer code has begun it, and does it
    }
  }

  async #state(database: Pick<Database, 'query'>, projection: Projection<never>): Promise<ProjectionState> {
    const [state] = await readProjectionStates(database, [projection]);
    if (!state) throw new UnknownProjectionError(projection.name, [...this.#projections.keys()]);
    return state;
  }

  #known(name: string): Projection<never> {
    const projection = this.#projections.get(name);
    if (!projection) throw new UnknownProjectionError(name, [...this.#projections.keys()]);
    return projection;
  }
}
