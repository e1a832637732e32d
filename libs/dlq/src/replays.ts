import { setTimeout as delay } from 'node:timers/promises';

import { Inject, Injectable } from '@nestjs/common';
import { byIndexAndValues, Database } from '@waybill/database';
import type { Statement, Transaction } from '@waybill/database';
import { HELD_MESSAGE_RUNNER } from '@waybill/messaging';
import type { HeldMessageRunner } from '@waybill/messaging';
import { v7 as uuidv7 } from 'uuid';

import { LetterSupersededError, ReplayRunNotFoundError } from './dead-letter.errors.js';
import type { Actor } from './dead-letters.js';
import { DueMessages } from './due-messages.js';
import type { HeldRow } from './held-rows.js';
import { filterParameters } from './letter-filter.js';
import type { LetterFilter } from './letter-filter.js';
import { previewOf } from './preview-item.js';
import type { PreviewItem } from './preview-item.js';
import { countLetters, countUntried } from './sql/count-letters.js';
import { previewLetters } from './sql/preview-letters.js';
import { replayLetters } from './sql/replay-letters.js';
import { beginRun, countOutcomes, countTried, findFailures, findRun, findSuperseded } from './sql/replay-runs.js';
import { DEAD_LETTER_OPTIONS } from './tokens.js';
import type { DeadLetterOptions } from './tokens.js';
import { UntriedCounts } from './untried-counts.js';

/** Between looks at the outcomes of a page; as soon as they are to be expected. */
const LOOK_MS = { least: 5, most: 50 };
/** Letters whose payloads are in memory at once. */
const CHUNK = 50;

/** What a replay would do. */
export interface ReplayPreview {
  readonly count: number;
  readonly keys: number;
  readonly items: readonly PreviewItem[];
}

/** Letters by what became of them. */
export interface ReplayCounts {
  readonly replayed: number;
  /** Asked for by id and not dead any more; or discarded while it waited. */
  readonly skipped: number;
  readonly failed: number;
  readonly pending: number;
}

export interface ReplayRun extends ReplayCounts, Actor {
  readonly run: string;
  readonly startedAt: string;
}

export interface ReplayFailure {
  readonly id: string;
  readonly error: string | null;
  readonly fingerprint: string | null;
}

export interface ReplayReport extends ReplayCounts {
  readonly run: string;
  readonly taken: number;
  readonly failures: readonly ReplayFailure[];
  /** Still match and weren't tried in this run; where counting takes long, the last count less what was taken since. */
  readonly remaining: number;
}

export interface ReplayOptions {
  readonly limit: number;
  /** Continues with this run; one that doesn't exist begins. @default a new one */
  readonly run?: string;
  /** How long to wait for outcomes, in milliseconds. @default 0 */
  readonly waitMs?: number;
}

/** Letters that a call has made due, and what is to be said of them. May come from JSON: PostgreSQL accepts a time as text, too. */
export interface TakenPage {
  readonly run: string;
  readonly filter: LetterFilter;
  readonly waitMs: number;
  readonly seqs: readonly string[];
  /** It took all that it could. */
  readonly isExhausted: boolean;
}

const NONE: ReplayCounts = { replayed: 0, skipped: 0, failed: 0, pending: 0 };

type RunRow = ReplayCounts & Actor & { readonly id: string; readonly started_at: Date };

/**
 * Runs dead letters again, in runs: a run tries each letter once, so that a loop over the same call ends, and one that was
 * interrupted continues. Any number of calls at once take each letter once.
 */
@Injectable()
export class Replays {
  readonly #untried = new UntriedCounts();

  constructor(
    private readonly database: Database,
    private readonly held: DueMessages,
    @Inject(HELD_MESSAGE_RUNNER) private readonly runner: HeldMessageRunner<Transaction>,
    @Inject(DEAD_LETTER_OPTIONS) private readonly options: DeadLetterOptions,
  ) {}

  /** Changes nothing. The oldest letters first, as a replay would take them. */
  async preview(filter: LetterFilter, limit: number): Promise<ReplayPreview> {
    const values = this.#parameters(filter);
    const [counts] = await this.database.operators.query<{ count: number; keys: number }>(countLetters, values);
    const items: PreviewItem[] = [];
    for (let after = '0'; items.length < limit; after = items.at(-1)?.id ?? after) {
      const size = Math.min(CHUNK, limit - items.length);
      const rows = await this.database.operators.query<HeldRow & { head: boolean; behind: number }>(previewLetters, [
        ...values,
        after,
        size,
        this.#deadHolds,
      ]);
      for (const row of rows) items.push(await previewOf(row, (message) => this.runner.inspect(message)));
      if (rows.length < size) break;
    }
    return { count: counts?.count ?? 0, keys: counts?.keys ?? 0, items };
  }

  /** Takes a page of letters and says what became of them. */
  async replay(filter: LetterFilter, actor: Actor, options: ReplayOptions): Promise<ReplayReport> {
    return this.report(await this.database.transaction((tx) => this.takeIn(tx, filter, actor, options)));
  }

  /**
   * Makes up to `limit` dead letters due, oldest first, of each key only the one that can run; what is parked behind them
   * follows in order. They run once the caller's transaction has committed.
   * @throws LetterSupersededError where none of those asked for by id can run, because they have been undone.
   */
  async takeIn(tx: Transaction, filter: LetterFilter, actor: Actor, options: ReplayOptions): Promise<TakenPage> {
    const { limit, run = uuidv7(), waitMs = 0 } = options;
    const [, , taken] = await Promise.all([
      tx.query(byIndexAndValues),
      tx.query(beginRun, [run, this.options.group, actor.who, actor.why, JSON.stringify(keptFilter(filter))]),
      tx.query<{ seq: string }>(replayLetters, [
        ...this.#parameters(filter),
        run,
        limit,
        this.#deadHolds,
        actor.who,
        actor.why,
      ]),
    ]);
    if (taken.length === 0) await this.#refuseSuperseded(tx, filter, run);
    tx.afterCommit(() => this.held.wake());
    const isExhausted = taken.length < limit || filter.ids !== undefined; // what was asked for by id adds up exactly
    return { run, filter, waitMs, seqs: taken.map(({ seq }) => seq), isExhausted };
  }

  /** Waits for the outcomes of a page. May be asked again about the same page, even by another process. */
  async report({ run, filter, waitMs, seqs, isExhausted }: TakenPage): Promise<ReplayReport> {
    const values = this.#parameters(filter);
    const counts = await this.#outcomes(run, seqs, waitMs);
    const failures = await this.database.query<{ seq: string; last_error: string | null; fingerprint: string | null }>(
      findFailures,
      [run, seqs],
    );
    const remaining = await this.#untried.after(JSON.stringify([run, filter]), seqs.length, isExhausted, () =>
      this.#count(countUntried, [...values, run]),
    );
    return {
      run,
      taken: seqs.length,
      replayed: counts.replayed,
      skipped: counts.skipped + (await this.#untakeable(filter, run, remaining)),
      failed: counts.failed,
      pending: counts.pending,
      failures: failures.map(({ seq, last_error: error, fingerprint }) => ({ id: seq, error, fingerprint })),
      remaining,
    };
  }

  async #refuseSuperseded(tx: Transaction, { ids }: LetterFilter, run: string): Promise<void> {
    if (ids === undefined) return;
    const rows = await tx.query<{ seq: string }>(findSuperseded, [this.options.group, ids, run]);
    if (rows.length > 0) throw new LetterSupersededError(rows.map(({ seq }) => seq));
  }

  /** Asked for by id, not tried in this run, and not to be tried: it isn't dead, or isn't there. */
  async #untakeable({ ids }: LetterFilter, run: string, remaining: number): Promise<number> {
    if (ids === undefined) return 0;
    const asked = [...new Set(ids)];
    return Math.max(0, asked.length - remaining - (await this.#count(countTried, [run, asked])));
  }

  async #count(statement: Statement, values: readonly unknown[]): Promise<number> {
    const [, [row]] = await this.database.transaction((tx) =>
      Promise.all([tx.query(byIndexAndValues), tx.query<{ count: number }>(statement, values)]),
    );
    return row?.count ?? 0;
  }

  /** @throws ReplayRunNotFoundError */
  async run(id: string): Promise<ReplayRun> {
    const [row] = await this.database.query<RunRow>(findRun, [id, this.options.group]);
    if (row === undefined) throw new ReplayRunNotFoundError(id);
    const { who, why, started_at: startedAt, replayed, skipped, failed, pending } = row;
    return { run: row.id, who, why, startedAt: startedAt.toISOString(), replayed, skipped, failed, pending };
  }

  /** Looks, because any replica may run them. A service that stops leaves the rest pending. */
  async #outcomes(run: string, seqs: readonly string[], waitMs: number): Promise<ReplayCounts> {
    const from = performance.now();
    for (;;) {
      const [counts = NONE] = await this.database.query<ReplayCounts>(countOutcomes, [run, seqs]);
      const elapsedMs = performance.now() - from;
      if (counts.pending === 0 || elapsedMs >= waitMs || this.held.isStopped) return counts;
      const expectedMs = (elapsedMs * counts.pending) / Math.max(1, seqs.length - counts.pending);
      await delay(Math.min(LOOK_MS.most, Math.max(LOOK_MS.least, expectedMs)));
    }
  }

  #parameters(filter: LetterFilter): readonly unknown[] {
    return filterParameters(this.options.group, { ...filter, state: 'dead' });
  }

  get #deadHolds(): boolean {
    return this.options.park !== false;
  }
}

/** As it is kept with the run, and can be asked for again. */
function keptFilter({ key, ...filter }: LetterFilter): Readonly<Record<string, unknown>> {
  return { ...filter, ...(key === undefined ? {} : { key: key.toString() }) };
}
