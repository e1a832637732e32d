import { Inject, Injectable } from '@nestjs/common';
import { Database } from '@waybill/database';
import { maskMessage } from '@waybill/messaging';

import { hashKey } from '../key-hash.js';
import type { OutboxSettings } from '../outbox-options.js';
import { findMessages } from '../sql/find-messages.js';
import type { MessageColumns } from '../sql/find-messages.js';
import { OUTBOX_SETTINGS } from '../tokens.js';

/** A message that this service has sent, or is about to. Times are ISO 8601. */
export interface OutboxMessage {
  readonly id: string;
  readonly topic: string;
  readonly type: string;
  readonly key: string | null;
  readonly source: string;
  readonly subject: string | null;
  readonly time: string;
  readonly correlationId: string;
  readonly causationId: string | null;
  readonly traceparent: string | null;
  /** When the transaction that sends it began. */
  readonly createdAt: string;
  /** `null` while it waits. */
  readonly publishedAt: string | null;
  /** Waits for an operator, as the broker refuses it or an earlier one of its key for good. */
  readonly isSetAside: boolean;
  readonly bytes: number;
  /** Without personal fields; `null` where it is too large to be shown. */
  readonly data: unknown;
}

const MOST_BYTES = 65_536;

/** What an operator sees of messages that this service sends; kept for `retentionMs` after they were published. */
@Injectable()
export class OutboxMessages {
  constructor(
    private readonly database: Database,
    @Inject(OUTBOX_SETTINGS) private readonly settings: OutboxSettings,
  ) {}

  /** Those of the ids that are known, and the first 100 of each topic that wait with the key. In the order in which they were written. */
  async find(ids: readonly string[], key?: string): Promise<readonly OutboxMessage[]> {
    const topics = key === undefined ? [] : (this.settings.topics ?? []);
    const rows = await this.database.operators.query<MessageColumns>(findMessages, [
      ids,
      topics,
      topics.map((topic) => hashKey(topic, key ?? '').hash),
      Buffer.from(key ?? ''),
      MOST_BYTES,
    ]);
    return rows.map((row) => this.#messageOf(row));
  }

  #messageOf({
    key,
    payload,
    created_at: createdAt,
    published_at: publishedAt,
    ...row
  }: MessageColumns): OutboxMessage {
    return {
      id: row.id,
      topic: row.topic,
      type: row.type,
      key: key?.toString() ?? null,
      source: row.source,
      subject: row.subject,
      time: row.time,
      correlationId: row.correlationid,
      causationId: row.causationid,
      traceparent: row.traceparent,
      createdAt: createdAt.toISOString(),
      publishedAt: publishedAt?.toISOString() ?? null,
      isSetAside: row.is_aside && publishedAt === null,
      bytes: row.bytes,
      data: payload === null ? null : maskMessage(JSON.parse(payload.toString()), row.type, this.settings.contracts),
    };
  }
}
