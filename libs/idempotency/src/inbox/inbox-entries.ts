import { Inject, Injectable } from '@nestjs/common';
import { Database } from '@waybill/database';
import type { InboxOutcome } from '@waybill/messaging';

import { FIND_MESSAGES } from './sql/find-messages.js';

/** A message that was taken. Times are ISO 8601. */
export interface InboxEntry {
  readonly source: string;
  readonly messageId: string;
  /** The handler's name among several of an event; `null` = the one without. */
  readonly subscriber: string | null;
  readonly outcome: InboxOutcome;
  readonly receivedAt: string;
  /** Where the broker had it; `null` of what was taken before that was kept. */
  readonly partition: number | null;
  readonly position: string | null;
}

interface EntryRow {
  readonly source: string;
  readonly message_id: string;
  readonly subscriber: string;
  readonly outcome: InboxOutcome;
  readonly received_at: Date;
  readonly partition: number | null;
  readonly position: string | null;
}

export const INBOX_GROUP = Symbol('waybill:inbox-group');

/** What an operator sees of the inbox. */
@Injectable()
export class InboxEntries {
  constructor(
    @Inject(Database) private readonly database: Database,
    @Inject(INBOX_GROUP) private readonly group: string,
  ) {}

  /** Those of the messages that have been taken, by whichever replica; forgotten ones are not among them. */
  async find(sources: readonly string[], ids: readonly string[]): Promise<readonly InboxEntry[]> {
    const rows = await this.database.operators.query<EntryRow>(FIND_MESSAGES, [
      this.group,
      [...new Set(sources)],
      [...new Set(ids)],
    ]);
    return rows.map((row) => ({
      source: row.source,
      messageId: row.message_id,
      subscriber: row.subscriber === '' ? null : row.subscriber,
      outcome: row.outcome,
      receivedAt: row.received_at.toISOString(),
      partition: row.partition,
      position: row.position,
    }));
  }
}
