import { Inject, Injectable } from '@nestjs/common';
import { byIndexAndValues, Database } from '@waybill/database';
import type { Transaction } from '@waybill/database';
import { INBOX } from '@waybill/messaging';
import type { Inbox } from '@waybill/messaging';

import type { Actor } from './dead-letters.js';
import { DueMessages } from './due-messages.js';
import { identityOf } from './held-rows.js';
import type { IdentityRow } from './held-rows.js';
import { filterParameters } from './letter-filter.js';
import type { LetterFilter } from './letter-filter.js';
import { countLetters } from './sql/count-letters.js';
import { discardLetters } from './sql/discard-letters.js';
import { DEAD_LETTER_OPTIONS } from './tokens.js';
import type { DeadLetterOptions } from './tokens.js';

/** Only what is dead, or waits for a delayed attempt, can be given up. */
export type DiscardFilter = LetterFilter & { readonly state?: 'dead' | 'retrying' };

export interface Discarded {
  readonly discarded: number;
  /** Still match. */
  readonly remaining: number;
}

@Injectable()
export class Discards {
  constructor(
    private readonly database: Database,
    private readonly held: DueMessages,
    @Inject(INBOX) private readonly inbox: Inbox<Transaction>,
    @Inject(DEAD_LETTER_OPTIONS) private readonly options: DeadLetterOptions,
  ) {}

  /**
   * Gives messages up, oldest first: their handlers never run, what is parked behind them continues. Asked twice, the second
   * call finds nothing. An attempt that is under way is left alone.
   */
  discard(filter: DiscardFilter, actor: Actor, limit: number): Promise<Discarded> {
    return this.database.transaction((tx) => this.discardIn(tx, filter, actor, limit));
  }

  /** The same in a transaction of the caller's. */
  async discardIn(tx: Transaction, filter: DiscardFilter, { who, why }: Actor, limit: number): Promise<Discarded> {
    const { group } = this.options;
    const values = filterParameters(group, filter);
    const [, rows] = await Promise.all([
      tx.query(byIndexAndValues),
      tx.query<IdentityRow>(discardLetters, [...values, limit, who, why]),
    ]);
    const identities = rows.map(identityOf);
    if (identities.length > 0) await this.inbox.mark(tx, group, identities, 'discarded');
    tx.afterCommit(() => this.held.wake());
    const [left] = await tx.query<{ count: number }>(countLetters, values);
    return { discarded: identities.length, remaining: left?.count ?? 0 };
  }
}
