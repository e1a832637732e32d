import { Inject, Injectable } from '@nestjs/common';
import { Database } from '@waybill/database';
import type { Transaction } from '@waybill/database';
import { HELD_MESSAGE_RUNNER } from '@waybill/messaging';
import type { HeldMessageRunner } from '@waybill/messaging';

import { auditedAction } from './audited-action.js';
import type { ActionRow, AuditedAction } from './audited-action.js';
import { LetterNotFoundError } from './dead-letter.errors.js';
import { heldMessageOf } from './held-rows.js';
import type { HeldRow } from './held-rows.js';
import { filterParameters } from './letter-filter.js';
import type { LetterFilter } from './letter-filter.js';
import { letterOf, summaryOf } from './letter-views.js';
import type { Letter, LetterSummary, SummaryRow } from './letter-views.js';
import { maskedPayload, truePayload } from './payload-view.js';
import { recordLetterAct } from './record-letter-act.js';
import { findActions, recordReveal } from './sql/audit.js';
import { countLetters } from './sql/count-letters.js';
import { findLetter } from './sql/find-letter.js';
import { groupAllLetters, groupLetters, MOST_GROUPS } from './sql/group-letters.js';
import { listLetters } from './sql/list-letters.js';
import { DEAD_LETTER_OPTIONS } from './tokens.js';
import type { DeadLetterOptions } from './tokens.js';

/** Letters that failed in the same way. Times are ISO 8601. */
export interface LetterGroup {
  readonly fingerprint: string | null;
  readonly type: string | null;
  readonly handler: string | null;
  /** Counted up to 10,000, which then means "or more". */
  readonly letters: number;
  /** Counted up to 1,000. */
  readonly keys: number;
  readonly firstAt: string;
  readonly lastAt: string;
  readonly lastError: string | null;
  /** How many of them died in each of the last 24 hours, the earliest first; counted up to 1,000 an hour. */
  readonly trend: readonly number[];
}

/** Who acts on letters, and why; kept beside them for as long as they are. */
export interface Actor {
  readonly who: string;
  readonly why: string;
}

export interface ListOptions {
  /** Only letters held before this one. */
  readonly before?: string;
  readonly limit: number;
}

type GroupRow = Omit<LetterGroup, 'firstAt' | 'lastAt' | 'lastError'> & {
  readonly first_at: Date;
  readonly last_at: Date;
  readonly last_error: string | null;
};

/** What an operator sees of held messages. Payloads are masked; reading a true one is audited first. */
@Injectable()
export class DeadLetters {
  constructor(
    private readonly database: Database,
    @Inject(HELD_MESSAGE_RUNNER) private readonly runner: HeldMessageRunner<Transaction>,
    @Inject(DEAD_LETTER_OPTIONS) private readonly options: DeadLetterOptions,
  ) {}

  /** Newest first. */
  async list(filter: LetterFilter, { before, limit }: ListOptions): Promise<readonly LetterSummary[]> {
    const values = [...filterParameters(this.options.group, filter), before ?? null, limit];
    return (await this.database.operators.query<SummaryRow>(listLetters, values)).map(summaryOf);
  }

  async count(filter: LetterFilter): Promise<{ readonly count: number; readonly keys: number }> {
    const values = filterParameters(this.options.group, filter);
    const [row] = await this.database.operators.query<{ count: number; keys: number }>(countLetters, values);
    return row ?? { count: 0, keys: 0 };
  }

  /**
   * By fingerprint, type and handler; the largest first, at most 1000. Of all dead letters at a cost that doesn't grow with their number.
   */
  async groups(filter: LetterFilter): Promise<readonly LetterGroup[]> {
    const rows = await this.#groupRows(filter);
    return rows.map(({ first_at, last_at, last_error, ...row }) => ({
      ...row,
      firstAt: first_at.toISOString(),
      lastAt: last_at.toISOString(),
      lastError: last_error,
    }));
  }

  async #groupRows(filter: LetterFilter): Promise<readonly GroupRow[]> {
    const { operators } = this.database;
    if (Object.keys(filter).length === 0) {
      const rows = await operators.queryByIndex<GroupRow>(groupAllLetters, [this.options.group]);
      if (rows.length <= MOST_GROUPS) return rows.sort(byLetters);
    }
    return operators.query<GroupRow>(groupLetters, filterParameters(this.options.group, filter));
  }

  /** @throws LetterNotFoundError */
  async find(id: string): Promise<Letter> {
    const row = await this.#row(id);
    return letterOf(row, maskedPayload(row.value, await this.runner.inspect(heldMessageOf(row))));
  }

  /** The letter with its true payload; that it was shown is on record before it is. @throws LetterNotFoundError */
  async reveal(id: string, { who, why }: Actor): Promise<Letter> {
    const row = await this.#row(id);
    const { payload = row.value } = await this.runner.inspect(heldMessageOf(row));
    await this.database.transaction(async (tx) => {
      await tx.query(recordReveal, [this.options.group, id, who, why]);
      await recordLetterAct(tx, { act: 'dead-letters.reveal', who, why, filter: { ids: [id] }, letters: 1 });
    });
    return letterOf(row, truePayload(payload));
  }

  /** Everything that people did to a letter, oldest first. @throws LetterNotFoundError */
  async audit(id: string): Promise<readonly AuditedAction[]> {
    const row = await this.#row(id);
    const actions = await this.database.query<ActionRow>(findActions, [this.options.group, id]);
    return Promise.all(actions.map((action) => auditedAction(action, row, (held) => this.runner.inspect(held))));
  }

  async #row(id: string): Promise<HeldRow & { readonly behind: number }> {
    if (!/^\d{1,18}$/.test(id)) throw new LetterNotFoundError(id);
    const [row] = await this.database.query<HeldRow & { behind: number }>(findLetter, [this.options.group, id]);
    if (row === undefined) throw new LetterNotFoundError(id);
    return row;
  }
}

function byLetters(one: GroupRow, other: GroupRow): number {
  return other.letters - one.letters || other.last_at.getTime() - one.last_at.getTime();
}
