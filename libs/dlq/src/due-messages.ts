import { Inject, Injectable } from '@nestjs/common';
import type { BeforeApplicationShutdown, OnApplicationBootstrap } from '@nestjs/common';
import { Database } from '@waybill/database';
import type { Statement, Transaction } from '@waybill/database';
import { HELD_MESSAGE_RUNNER, INBOX } from '@waybill/messaging';
import type { HeldMessageRunner, HeldRunResult, Inbox } from '@waybill/messaging';
import { BackgroundLoop, failureLog } from '@waybill/observability';

import { DeadLetterStore } from './dead-letter-store.js';
import { cleanText, reportError } from './error-report.js';
import { HeldClaims } from './held-claims.js';
import { heldMessageOf, identityOf, POSTPONED } from './held-rows.js';
import type { HeldRow, IdentityRow } from './held-rows.js';
import { anyUndoing, anyWaiting } from './sql/any-waiting.js';
import { claimFollowing, claimRunnable } from './sql/claim-runnable.js';
import { failHeld } from './sql/fail-held.js';
import { nextDue } from './sql/next-due.js';
import { releaseHeld } from './sql/release-held.js';
import { supersedeBehind } from './sql/supersede-held.js';
import { deleteEmptyKeys, lockEmptyKeys, lockEmptyKeysOf } from './sql/unpark-keys.js';
import { DEAD_LETTER_OPTIONS } from './tokens.js';
import type { DeadLetterOptions } from './tokens.js';

const BATCH = 50;
/** A process that dies with a claim is followed after this time; longer than any handler with its outside call. */
const CLAIM_MS = 120_000;
/** When the infrastructure failed. */
const RELEASE_MS = 1_000;
const DEFAULT_POLL_MS = 5_000;
const RECORDING = 'record an attempt of a held message';

/**
 * Runs held messages again when they are due: the head of each key's sequence, then what is parked behind it, in order;
 * then the key is unparked. Any number of replicas may do so; a message takes effect once.
 */
@Injectable()
export class DueMessages implements OnApplicationBootstrap, BeforeApplicationShutdown {
  readonly #loop: BackgroundLoop;
  readonly #claims = (tx: Transaction): HeldClaims => new HeldClaims(tx, this.inbox, this.options.group);
  /** Attempts whose outside call is in flight. */
  readonly #calling = new Set<Promise<void>>();
  /** What was claimed here and could not be recorded, by `seq`; with the end of the claim, by this process's clock. */
  readonly #unrecorded = new Map<string, { readonly row: HeldRow; readonly untilMs: number }>();
  #stopped = true;

  constructor(
    private readonly database: Database,
    private readonly store: DeadLetterStore,
    @Inject(HELD_MESSAGE_RUNNER) private readonly runner: HeldMessageRunner<Transaction>,
    @Inject(INBOX) private readonly inbox: Inbox<Transaction>,
    @Inject(DEAD_LETTER_OPTIONS) private readonly options: DeadLetterOptions,
  ) {
    this.#loop = new BackgroundLoop({
      work: 'run held messages',
      step: () => this.#look(),
      intervalMs: this.#pollMs,
    });
  }

  onApplicationBootstrap(): void {
    this.#stopped = false;
    this.store.changes.on('held', this.wake);
    this.#loop.start();
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.#stopped = true;
    this.store.changes.off('held', this.wake);
    await this.#loop.stop();
    await Promise.all(this.#calling);
  }

  /** Nothing is run here, not yet or not any more. */
  get isStopped(): boolean {
    return this.#stopped;
  }

  /** Looks for due messages now; while a look is under way, once more after it. */
  readonly wake = (): void => this.#loop.wake();

  /** @returns in how many milliseconds to look again. */
  async #look(): Promise<number> {
    await this.#releaseUnrecorded();
    return (await this.#anyWaiting()) ? Math.min(this.#pollMs, await this.#runWaiting()) : this.#pollMs;
  }

  /** The database was away when their attempts ended: they are due again at once, not when the claim has run out. */
  async #releaseUnrecorded(): Promise<void> {
    for (const [seq, { row, untilMs }] of this.#unrecorded) {
      if (performance.now() < untilMs) await this.database.query(releaseHeld, [seq, 0, row.message_id, null]);
      this.#unrecorded.delete(seq);
    }
  }

  async #anyWaiting(): Promise<boolean> {
    const [row] = await this.database.query<{ waits: boolean }>(anyWaiting, [this.options.group]);
    return row?.waits === true;
  }

  /** @returns in how many milliseconds the next attempt is due. */
  async #runWaiting(): Promise<number> {
    await this.#runAllDue();
    await this.#unpark((tx) => tx.query(lockEmptyKeys, [this.options.group, this.#deadHolds]));
    return this.#nextDueMs();
  }

  /** Looks at all parked keys first, last and now and then; in between only for what follows the messages just run. */
  async #runAllDue(): Promise<void> {
    let justRun: readonly string[] = [];
    let lookedAtAllAt = Number.NEGATIVE_INFINITY;
    while (!this.#stopped) {
      const atAll = justRun.length === 0 || performance.now() - lookedAtAllAt >= this.#pollMs;
      if (atAll) lookedAtAllAt = performance.now();
      await this.#supersede();
      const rows = await (atAll ? this.#claim(claimRunnable) : this.#claim(claimFollowing, justRun));
      if (rows.length === 0 && atAll) return;
      await this.#runBatch(rows);
      justRun = rows.map(({ seq }) => seq);
    }
  }

  /** An undoing that came while what it undoes was being tried waits behind it: whatever is left of that is given up now. */
  async #supersede(): Promise<void> {
    const { group } = this.options;
    if ((await this.database.query(anyUndoing, [group])).length === 0) return;
    await this.database.transaction(async (tx) => {
      const rows = await tx.query<IdentityRow>(supersedeBehind, [group]);
      const identities = rows.map(identityOf);
      if (identities.length > 0) await this.inbox.mark(tx, group, identities, 'superseded');
    });
  }

  #claim(statement: Statement, ...more: readonly unknown[]): Promise<HeldRow[]> {
    return this.database.query<HeldRow>(statement, [this.options.group, CLAIM_MS, BATCH, this.#deadHolds, ...more]);
  }

  async #runBatch(rows: readonly HeldRow[]): Promise<void> {
    if (rows.length === 0) return;
    const ends = await Promise.allSettled(rows.map((row) => this.#runUntilCalling(row)));
    const seqs = rows.map(({ seq }) => seq);
    await this.#unpark((tx) => tx.query(lockEmptyKeysOf, [this.options.group, this.#deadHolds, seqs]));
    const broken = ends.find((end) => end.status === 'rejected');
    if (broken !== undefined) throw broken.reason;
  }

  /** Waits for no outside call, which may take long: what it comes to is recorded when it ends, and then what follows is run. */
  async #runUntilCalling(row: HeldRow): Promise<void> {
    let onCalling = (): void => {};
    const calling = new Promise<'calling'>((resolve) => (onCalling = () => resolve('calling')));
    const run = this.#runOne(row, onCalling);
    if ((await Promise.race([run, calling])) !== 'calling') return;
    const ended = run
      .then(() => this.#unpark((tx) => tx.query(lockEmptyKeysOf, [this.options.group, this.#deadHolds, [row.seq]])))
      .then(() => failureLog.succeeded(RECORDING))
      .catch((error: unknown) => failureLog.failed(RECORDING, error))
      .finally(() => {
        this.#calling.delete(ended);
        this.wake();
      });
    this.#calling.add(ended);
  }

  async #runOne(row: HeldRow, onCalling: () => void): Promise<void> {
    const untilMs = performance.now() + CLAIM_MS - RELEASE_MS; // nobody else's claim is ended
    try {
      await this.#attempt(row, onCalling);
    } catch (error) {
      this.#unrecorded.set(row.seq, { row, untilMs });
      throw error;
    }
  }

  async #attempt(row: HeldRow, onCalling: () => void): Promise<void> {
    const message = heldMessageOf(row);
    const result = await this.runner.run(message, {
      onCalling,
      attempt: row.attempts + 1,
      claim: (tx) => tx.session(this.#claims).claim(row),
    });
    await this.#record(row, result);
  }

  async #record(row: HeldRow, result: HeldRunResult): Promise<void> {
    switch (result.kind) {
      case 'handled':
      case 'not-claimed':
        return;
      case 'interrupted':
        await this.database.query(releaseHeld, [
          row.seq,
          result.retryAfterMs ?? RELEASE_MS,
          row.message_id,
          result.retryAfterMs === undefined ? null : POSTPONED,
        ]);
        return;
      case 'failed':
        await this.database.transaction((tx) => this.#recordFailure(tx, row, result));
    }
  }

  async #recordFailure(
    tx: Transaction,
    row: HeldRow,
    result: HeldRunResult & { readonly kind: 'failed' },
  ): Promise<void> {
    const { attempts, decision, error } = result;
    const { text, fingerprint } = reportError(error);
    const dead = decision.kind === 'dead-letter';
    const changed = await tx.query(failHeld, [
      row.seq,
      dead ? 'dead' : 'retrying',
      attempts,
      dead ? cleanText(decision.reason, 200) : null,
      text,
      fingerprint,
      'delayMs' in decision ? decision.delayMs : 0,
      row.message_id,
    ]);
    if (changed.length === 0) return;
    const message = heldMessageOf(row);
    await this.inbox.mark(tx, row.consumer_group, [message.identity], dead ? 'dead' : 'retrying');
    this.store.mirror(tx, { ...message, error, attempts, decision });
  }

  /** Locks keys that look empty, looks again once nobody can be parking behind them, and lets those go that are. */
  async #unpark(
    lock: (tx: Transaction) => Promise<{ topic: string; key_hash: Buffer; subscriber: string }[]>,
  ): Promise<void> {
    await this.database.transaction(async (tx) => {
      const keys = await lock(tx);
      if (keys.length === 0) return;
      await tx.query(deleteEmptyKeys, [
        this.options.group,
        this.#deadHolds,
        keys.map(({ topic }) => topic),
        keys.map((key) => key.key_hash),
        keys.map(({ subscriber }) => subscriber),
      ]);
    });
  }

  get #pollMs(): number {
    return this.options.pollIntervalMs ?? DEFAULT_POLL_MS;
  }

  get #deadHolds(): boolean {
    return this.options.park !== false;
  }

  async #nextDueMs(): Promise<number> {
    const [row] = await this.database.query<{ in_ms: string | null }>(nextDue, [this.options.group, this.#deadHolds]);
    return row === undefined || row.in_ms === null
      ? Number.POSITIVE_INFINITY
      : Math.max(10, Math.ceil(Number(row.in_ms)));
  }
}
