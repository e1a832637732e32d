import { Inject, Injectable } from '@nestjs/common';
import { Database } from '@waybill/database';
import type { Transaction } from '@waybill/database';
import type { HeldOutcome, Inbox, MessageIdentity } from '@waybill/messaging';

import { CLAIM_MESSAGES } from './sql/claim-messages.js';
import { MARK_MESSAGES } from './sql/mark-messages.js';
import { SEEN_MESSAGES } from './sql/seen-messages.js';
import { SWEEP_MESSAGES } from './sql/sweep-messages.js';

interface MessageRow {
  readonly source: string;
  readonly message_id: string;
}

/** {@link Inbox} in the service's own database, in the handler's transaction. One statement per batch. */
@Injectable()
export class PostgresInbox implements Inbox<Transaction> {
  constructor(@Inject(Database) private readonly database: Database) {}

  async claim(tx: Transaction, group: string, messages: readonly MessageIdentity[]): Promise<readonly boolean[]> {
    if (messages.length === 0) return [];
    // Sorted, so that two batches with the same messages wait for each other instead of deadlocking.
    const sorted = [...messages].sort(byIdentity);
    const rows = await tx.query<MessageRow>(CLAIM_MESSAGES, [group, ...columns(sorted)]);
    const fresh = new Set(rows.map((row) => identity(row.source, row.message_id)));
    // `delete`: of two copies in one batch the first is new, the second a duplicate.
    return messages.map(({ source, id }) => fresh.delete(identity(source, id)));
  }

  async mark(
    tx: Transaction,
    group: string,
    messages: readonly MessageIdentity[],
    outcome: HeldOutcome,
  ): Promise<void> {
    if (messages.length > 0) await tx.query(MARK_MESSAGES, [group, ...columns(messages), outcome]);
  }

  async seen(tx: Transaction, group: string, messages: readonly MessageIdentity[]): Promise<readonly boolean[]> {
    if (messages.length === 0) return [];
    const rows = await tx.query<MessageRow>(SEEN_MESSAGES, [group, ...columns(messages)]);
    const known = new Set(rows.map((row) => identity(row.source, row.message_id)));
    return messages.map(({ source, id }) => known.has(identity(source, id)));
  }

  /**
   * Forgets messages with a final outcome that were received longer ago than the window, at most `limit` of them.
   * @returns how many.
   */
  async sweep(windowMs: number, limit: number): Promise<number> {
    return (await this.database.query(SWEEP_MESSAGES, [windowMs, limit])).length;
  }
}

function columns(messages: readonly MessageIdentity[]): [string[], string[]] {
  return [messages.map(({ source }) => source), messages.map(({ id }) => id)];
}

function identity(source: string, id: string): string {
  return `${source}\n${id}`;
}

function byIdentity(a: MessageIdentity, b: MessageIdentity): number {
  if (a.id !== b.id) return a.id < b.id ? -1 : 1;
  if (a.source === b.source) return 0;
  return a.source < b.source ? -1 : 1;
}
