import { Inject, Injectable } from '@nestjs/common';
import { Database } from '@waybill/database';
import { recordAct } from '@waybill/idempotency';
import { maskMessage } from '@waybill/messaging';

import { hashKey } from '../key-hash.js';
import type { OutboxSettings } from '../outbox-options.js';
import { MessageNotFoundError } from '../outbox.errors.js';
import type { RefusalDecision } from '../refused-rows.js';
import { findMessages } from '../sql/find-messages.js';
import type { MessageColumns } from '../sql/find-messages.js';
import { listWaiting } from '../sql/list-waiting.js';
import type { WaitingColumns } from '../sql/list-waiting.js';
import { listReveals, recordReveal } from '../sql/reveals.js';
import type { RevealColumns, ShownColumns } from '../sql/reveals.js';
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
  /** Without personal fields, unless it was revealed; `null` where it is too large to be shown. */
  readonly data: unknown;
}

/** A message that waits to be published. */
export interface WaitingMessage extends Pick<OutboxMessage, 'id' | 'topic' | 'type' | 'key' | 'createdAt' | 'bytes'> {
  /** The place behind it in the list. */
  readonly seq: string;
}

/** That somebody was shown the true data of a message. */
export interface Reveal {
  readonly at: string;
  readonly who: string;
  readonly why: string;
}

const MOST_BYTES = 65_536;
/** Who asks for one message and says why is shown all that a browser can bear. */
const MOST_REVEALED_BYTES = 4_000_000;

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
    const rows = await this.#rows(ids, topics, key ?? '', MOST_BYTES);
    return rows.map((row) => this.#messageOf(row, (data, type) => maskMessage(data, type, this.settings.contracts)));
  }

  /** What waits to be published on a topic, but for what was set aside, the oldest first. */
  async waiting(topic: string, limit: number, after: string): Promise<readonly WaitingMessage[]> {
    const rows = await this.database.operators.queryByIndex<WaitingColumns>(listWaiting, [topic, after, limit]);
    return rows.map(({ key, created_at: createdAt, ...row }) => ({
      ...row,
      topic,
      key: key?.toString() ?? null,
      createdAt: createdAt.toISOString(),
    }));
  }

  /** The message with its true data; that it was shown is on record before it is. @throws MessageNotFoundError */
  async reveal(id: string, { by, why }: RefusalDecision): Promise<OutboxMessage> {
    const isKnown = await this.database.transaction(async (tx) => {
      const [shown] = await tx.query<ShownColumns>(recordReveal, [id, by, why]);
      if (shown === undefined) return false;
      const { topic, type, key } = shown;
      recordAct(tx, { act: 'outbox.reveal', who: by, why, subject: id, key: key?.toString(), detail: { topic, type } });
      return true;
    });
    const [row] = !isKnown ? [] : await this.#rows([id], [], '', MOST_REVEALED_BYTES);
    if (row === undefined) throw new MessageNotFoundError(id);
    return this.#messageOf(row, (data) => data);
  }

  /** To whom its data was shown, the earliest first; also once the message itself is forgotten. */
  async reveals(id: string): Promise<readonly Reveal[]> {
    const rows = await this.database.operators.query<RevealColumns>(listReveals, [id]);
    return rows.map(({ at, who, why }) => ({ at: at.toISOString(), who, why }));
  }

  #rows(ids: readonly string[], topics: readonly string[], key: string, mostBytes: number): Promise<MessageColumns[]> {
    return this.database.operators.query<MessageColumns>(findMessages, [
      ids,
      topics,
      topics.map((topic) => hashKey(topic, key).hash),
      Buffer.from(key),
      mostBytes,
    ]);
  }

  #messageOf(
    { key, payload, created_at: createdAt, published_at: publishedAt, ...row }: MessageColumns,
    show: (data: unknown, type: string) => unknown,
  ): OutboxMessage {
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
      data: payload === null ? null : show(JSON.parse(payload.toString()), row.type),
    };
  }
}
