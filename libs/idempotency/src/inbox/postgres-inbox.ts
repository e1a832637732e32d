import { Inject, Injectable, Optional } from '@nestjs/common';
import { Database } from '@waybill/database';
import type { Transaction } from '@waybill/database';
import { identityKey } from '@waybill/messaging';
import type { HeldOutcome, Inbox, MessageIdentity, PlacedMessage } from '@waybill/messaging';

import { DEFAULT_WINDOW_MS, INBOX_OPTIONS } from './inbox-options.js';
import type { InboxOptions } from './inbox-options.js';
import { CLAIM_MESSAGES } from './sql/claim-messages.js';
import { MARK_MESSAGES } from './sql/mark-messages.js';
import { SEEN_MESSAGES } from './sql/seen-messages.js';
import { SWEEP_MESSAGES } from './sql/sweep-messages.js';

interface MessageRow {
  readonly source: string;
  readonly message_id: string;
  /** Empty = of the handler without a name. */
  readonly subscriber: string;
}

/** {@link Inbox} in the service's own database, in the handler's transaction. One statement per batch. */
@Injectable()
export class PostgresInbox implements Inbox<Transaction> {
  readonly windowMs: number;

  constructor(
    @Inject(Database) private readonly database: Database,
    @Optional() @Inject(INBOX_OPTIONS) { windowMs = DEFAULT_WINDOW_MS }: InboxOptions = {},
  ) {
    this.windowMs = windowMs;
  }

  async claim(tx: Transaction, group: string, messages: readonly PlacedMessage[]): Promise<readonly boolean[]> {
    if (messages.length === 0) return [];
    // Sorted, so that two batches with the same messages wait for each other instead of deadlocking.
    const sorted = [...messages].sort(byIdentity);
    const rows = await tx.read<MessageRow>(CLAIM_MESSAGES, [
      group,
      ...columns(sorted),
      sorted.map(({ lane }) => lane?.partition ?? null),
      sorted.map(({ lane }) => lane?.position ?? null),
    ]);
    const known = new Set(rows.map(rowIdentity));
    return messages.map((message) => {
      const isNew = !known.has(identityKey(message));
      known.add(identityKey(message)); // of two copies in one batch the second is a duplicate
      return isNew;
    });
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
    const rows = await tx.read<MessageRow>(SEEN_MESSAGES, [group, ...columns(messages)]);
    const known = new Set(rows.map(rowIdentity));
    return messages.map((message) => known.has(identityKey(message)));
  }

  /**
   * Forgets messages with a final outcome that were received longer ago than the window, at most `limit` of them.
   * @returns how many.
   */
  async sweep(windowMs: number, limit: number): Promise<number> {
    return (await this.database.query(SWEEP_MESSAGES, [windowMs, limit])).length;
  }
}

function columns(messages: readonly MessageIdentity[]): [string[], string[], string[]] {
  return [
    messages.map(({ source }) => source),
    messages.map(({ id }) => id),
    messages.map(({ subscriber = '' }) => subscriber),
  ];
}

function rowIdentity({ source, message_id: id, subscriber }: MessageRow): string {
  return identityKey({ source, id, subscriber });
}

function byIdentity(a: MessageIdentity, b: MessageIdentity): number {
  if (a.id !== b.id) return a.id < b.id ? -1 : 1;
  if (a.source !== b.source) return a.source < b.source ? -1 : 1;
  const [left, right] = [a.subscriber ?? '', b.subscriber ?? ''];
  if (left === right) return 0;
  return left < right ? -1 : 1;
}
