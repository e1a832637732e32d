import { Inject, Injectable } from '@nestjs/common';
import { Database } from '@waybill/database';
import type { Transaction } from '@waybill/database';
import { INBOX } from '@waybill/messaging';
import type { Inbox } from '@waybill/messaging';

import { HeldMessages } from './held-messages.js';
import type { HeldRow } from './held-rows.js';
import { discardLetters, groupLetters, listLetters, replayLetters } from './sql/letters.js';
import { DEAD_LETTER_OPTIONS } from './tokens.js';
import type { DeadLetterOptions } from './tokens.js';

/** Absent = any. */
export interface LetterFilter {
  readonly type?: string;
  readonly fingerprint?: string;
  readonly key?: Buffer;
  readonly letters?: readonly string[];
  /** Only letters older than this one. */
  readonly before?: string;
  /** @default 100 */
  readonly limit?: number;
}

export interface LetterGroup {
  readonly fingerprint: string | null;
  readonly type: string | null;
  readonly letters: number;
  readonly first_at: Date;
  readonly last_at: Date;
  readonly last_error: string | null;
}

/** Who acts on letters, and why; kept for ever beside them. */
export interface Actor {
  readonly who: string;
  readonly why: string;
}

/** What an operator does with dead letters. Everything is audited; everything may be asked twice and happens once. */
@Injectable()
export class DeadLetters {
  constructor(
    private readonly database: Database,
    private readonly held: HeldMessages,
    @Inject(INBOX) private readonly inbox: Inbox<Transaction>,
    @Inject(DEAD_LETTER_OPTIONS) private readonly options: DeadLetterOptions,
  ) {}

  /** Newest first. */
  list(filter: LetterFilter = {}): Promise<readonly HeldRow[]> {
    return this.database.query<HeldRow>(listLetters, [
      this.options.group,
      filter.type ?? null,
      filter.fingerprint ?? null,
      filter.key ?? null,
      filter.letters ?? null,
      filter.before ?? null,
      filter.limit ?? 100,
    ]);
  }

  groups(): Promise<readonly LetterGroup[]> {
    return this.database.query<LetterGroup>(groupLetters, [this.options.group]);
  }

  /**
   * Makes letters due at once; their keys' sequences go on behind them, in order. The handlers run, but never twice.
   * @returns how many were dead and are not any more.
   */
  async replay(letters: readonly string[], { who, why }: Actor): Promise<number> {
    const replayed = await this.database.query(replayLetters, [this.options.group, letters, who, why]);
    this.held.wake();
    return replayed.length;
  }

  /** Gives letters up: their handlers never run, what is parked behind them goes on. @returns how many were dead. */
  async discard(letters: readonly string[], { who, why }: Actor): Promise<number> {
    const discarded = await this.database.transaction(async (tx) => {
      const rows = await tx.query<{ source: string; message_id: string }>(discardLetters, [
        this.options.group,
        letters,
        who,
        why,
      ]);
      const identities = rows.map((row) => ({ source: row.source, id: row.message_id }));
      if (identities.length > 0) await this.inbox.mark(tx, this.options.group, identities, 'discarded');
      return identities.length;
    });
    this.held.wake();
    return discarded;
  }
}
