import { isUtf8 } from 'node:buffer';

import { headerValues } from '@waybill/messaging';
import type { Headers } from '@waybill/messaging';

import { decodeHeaders } from './header-bytes.js';
import type { HeldRow, HeldState } from './held-rows.js';
import type { PayloadView } from './payload-view.js';

/** A held message as a list shows it. Times are ISO 8601. */
export interface LetterSummary {
  readonly id: string;
  readonly state: HeldState;
  readonly type: string | null;
  readonly key: string | null;
  /** Where the key isn't UTF-8, and `key` can only come close. */
  readonly keyBase64?: string;
  readonly topic: string;
  readonly partition: number;
  readonly position: string;
  readonly handler: string | null;
  /** The handler's name among several of an event; `null` = the one without. */
  readonly subscriber: string | null;
  readonly attempts: number;
  readonly reason: string | null;
  readonly fingerprint: string | null;
  /** In a list its beginning. */
  readonly lastError: string | null;
  readonly heldAt: string;
  readonly updatedAt: string;
  readonly nextAttemptAt: string | null;
}

export interface Letter extends LetterSummary, PayloadView {
  readonly source: string;
  readonly messageId: string;
  readonly group: string;
  readonly timestamp: string;
  /** Of a header that is repeated, all values. */
  readonly headers: Readonly<Record<string, string | readonly string[]>>;
  readonly firstError: string | null;
  readonly serviceVersion: string;
  /** Messages of its key that wait behind it. */
  readonly behind: number;
  /** Of a superseded letter: the id of the message that undid it. */
  readonly supersededBy: string | null;
}

export type SummaryRow = Pick<
  HeldRow,
  | 'seq'
  | 'state'
  | 'type'
  | 'key'
  | 'topic'
  | 'partition'
  | 'position'
  | 'handler'
  | 'subscriber'
  | 'attempts'
  | 'reason'
  | 'fingerprint'
  | 'last_error'
  | 'held_at'
  | 'updated_at'
  | 'next_attempt_at'
>;

export function summaryOf(row: SummaryRow): LetterSummary {
  return {
    id: row.seq,
    state: row.state,
    type: row.type,
    ...keyText(row.key),
    topic: row.topic,
    partition: row.partition,
    position: row.position,
    handler: row.handler,
    subscriber: row.subscriber === '' ? null : row.subscriber,
    attempts: row.attempts,
    reason: row.reason,
    fingerprint: row.fingerprint,
    lastError: row.last_error,
    heldAt: row.held_at.toISOString(),
    updatedAt: row.updated_at.toISOString(),
    nextAttemptAt: row.next_attempt_at?.toISOString() ?? null,
  };
}

export function letterOf(row: HeldRow & { readonly behind: number }, payload: PayloadView): Letter {
  return {
    ...summaryOf(row),
    source: row.source,
    messageId: row.message_id,
    group: row.consumer_group,
    timestamp: new Date(Number(row.timestamp_ms)).toISOString(),
    headers: headerTexts(decodeHeaders(row.headers)),
    firstError: row.first_error,
    serviceVersion: row.service_version,
    ...payload,
    behind: row.behind,
    supersededBy: row.superseded_by,
  };
}

function headerTexts(headers: Headers): Letter['headers'] {
  const texts = Object.keys(headers).map((name) => {
    const [first = '', ...more] = headerValues(headers, name).map(String);
    return [name, more.length === 0 ? first : [first, ...more]] as const;
  });
  return Object.fromEntries(texts);
}

export function keyText(key: Buffer | null): Pick<LetterSummary, 'key' | 'keyBase64'> {
  if (key === null || isUtf8(key)) return { key: key?.toString('utf8') ?? null };
  return { key: key.toString('utf8'), keyBase64: key.toString('base64') };
}
