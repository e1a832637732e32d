import { Inject, Injectable } from '@nestjs/common';
import { Database } from '@waybill/database';
import type { Transaction } from '@waybill/database';
import { INBOX } from '@waybill/messaging';
import type { Inbox } from '@waybill/messaging';

import type { Actor } from './dead-letters.js';
import { HeldMessages } from './held-messages.js';
import { filterParameters } from './letter-filter.js';
import type { LetterFilter } from './letter-filter.js';
import { countLetters } from './sql/count-letters.js';
import { discardLetters } from './sql/discard-letters.js';
import { DEAD_LETTER_OPTIONS } from './tokens.js';
import type { DeadLetterOptions } from './tokens.js';

/** Only what is dead, or waits for a delayed attempt, can be given up. */
export type DiscardFilter = LetterFilter & { readonly state?: 'dead' | 'retrying' };

@Injectable()
export class Discards {
  constructor(
    private readonly database: Database,
    private readonly held: HeldMessages,
    @Inject(INBOX) private readonly inbox: Inbox<Transaction>,
    @Inject(DEAD_LETTER_OPTIONS) private readonly options: DeadLetterOptions,
  ) {}

  /**
   * Gives messages up, oldest first: their handlers never run, what is parked behind them goes on. Asked twice, the second
   * call finds nothing. An attempt that is under way is left alone.
   */
  async discard(
    filter: DiscardFilter,
    { who, why }: Actor,
    limit: number,
  ): Promise<{ readonly discarded: number; readonly remaining: number }> {
    const { group } = this.options;
    const values = filterParameters(group, filter);
    const discarded = await this.database.transaction(async (tx) => {
      const rows = await tx.query<{ source: string; message_id: string }>(discardLetters, [...values, limit, who, why]);
      const identities = rows.map((row) => ({ source: row.source, id: row.message_id }));
      if (identities.length > 0) await this.inbox.mark(tx, group, identities, 'discarded');
      return identities.length;
    });
    this.held.wake();
    const [left] = await this.database.query<{ count: number }>(countLetters, values);
    return { discarded, remaining: left?.count ?? 0 };
  }
}
