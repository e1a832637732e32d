import type { FailedMessage, HeldMessage, MessageIdentity } from '@waybill/messaging';

import { cleanText, reportError } from './error-report.js';
import { decodeHeaders, encodeHeaders } from './header-bytes.js';

export type HeldState = 'retrying' | 'parked' | 'dead' | 'handled' | 'discarded' | 'superseded';

/** A row of `held_message`, as PostgreSQL gives it. */
export interface HeldRow {
  readonly seq: string;
  readonly consumer_group: string;
  readonly source: string;
  readonly message_id: string;
  /** Name of the handler that it waits for; empty = the one without. */
  readonly subscriber: string;
  readonly type: string | null;
  readonly handler: string | null;
  readonly topic: string;
  readonly partition: number;
  readonly position: string;
  readonly timestamp_ms: string;
  readonly key: Buffer | null;
  readonly headers: Buffer;
  readonly value: Buffer | null;
  readonly state: HeldState;
  readonly attempts: number;
  readonly reason: string | null;
  readonly first_error: string | null;
  readonly last_error: string | null;
  readonly fingerprint: string | null;
  readonly next_attempt_at: Date | null;
  readonly service_version: string;
  /** Names of the commands that it undoes. */
  readonly undoes: readonly string[] | null;
  /** Id of the message that undid it. */
  readonly superseded_by: string | null;
  /** Of an edited message: the id of the one that was published. */
  readonly replaces: string | null;
  readonly held_at: Date;
  readonly updated_at: Date;
}

/** The columns that identify a message. */
export type IdentityRow = Pick<HeldRow, 'source' | 'message_id' | 'subscriber'>;

export function identityOf({ source, message_id: id, subscriber }: IdentityRow): MessageIdentity {
  return subscriber === '' ? { source, id } : { source, id, subscriber };
}

export function heldMessageOf(row: HeldRow): HeldMessage {
  return {
    group: row.consumer_group,
    identity: identityOf(row),
    record: {
      topic: row.topic,
      partition: row.partition,
      position: row.position,
      timestampMs: Number(row.timestamp_ms),
      key: row.key,
      value: row.value,
      headers: decodeHeaders(row.headers),
    },
    handler: row.handler ?? undefined,
    type: row.type ?? undefined,
    ...(row.undoes === null ? {} : { undoes: row.undoes }),
    ...(row.replaces === null ? {} : { replaces: row.replaces }),
  };
}

/** Parameters of the insert statement: one array per column, then the service's version and the delays. */
export function insertParameters(messages: readonly (HeldMessage | FailedMessage)[], version: string): unknown[] {
  const ends = messages.map(endOf);
  return [
    messages.map(({ group }) => group),
    messages.map(({ identity }) => identity.source),
    messages.map(({ identity }) => identity.id),
    messages.map(({ type }) => type ?? null),
    messages.map(({ handler }) => handler ?? null),
    messages.map(({ record }) => record.topic),
    messages.map(({ record }) => record.partition),
    messages.map(({ record }) => record.position),
    messages.map(({ record }) => storable(record.timestampMs)),
    messages.map(({ record }) => record.key),
    messages.map(({ record }) => encodeHeaders(record.headers)),
    messages.map(({ record }) => record.value),
    ends.map(({ state }) => state),
    ends.map(({ attempts }) => attempts),
    ends.map(({ reason }) => reason),
    ends.map(({ error }) => error),
    ends.map(({ fingerprint }) => fingerprint),
    version,
    ends.map(({ delayMs }) => delayMs),
    // An array of arrays of several lengths can't travel; PostgreSQL reads an array's own notation.
    messages.map(({ undoes }) =>
      undoes === undefined ? null : `{${undoes.map((name) => JSON.stringify(name)).join()}}`,
    ),
    messages.map(({ identity }) => identity.subscriber ?? ''),
  ];
}

function endOf(message: HeldMessage | FailedMessage): {
  readonly state: HeldState;
  readonly attempts: number;
  readonly reason: string | null;
  readonly error: string | null;
  readonly fingerprint: string | null;
  readonly delayMs: number | null;
} {
  if (!('decision' in message)) {
    if (!isKeyed(message.record)) {
      return { state: 'retrying', attempts: 0, reason: null, error: null, fingerprint: null, delayMs: 0 };
    }
    return { state: 'parked', attempts: 0, reason: null, error: null, fingerprint: null, delayMs: null };
  }
  const { text, fingerprint } = reportError(message.error);
  const dead = message.decision.kind === 'dead-letter';
  return {
    state: dead ? 'dead' : 'retrying',
    attempts: message.attempts,
    reason: reasonOf(message.decision),
    error: text,
    fingerprint,
    delayMs: 'delayMs' in message.decision ? message.decision.delayMs : dead ? null : 0,
  };
}

/** Messages without a key are sequences of their own: nothing waits behind them. */
export function isKeyed<Keyed extends { readonly key: Buffer | null }>(
  at: Keyed,
): at is Keyed & { readonly key: Buffer } {
  return at.key !== null && at.key.length > 0;
}

/** Of a message that waits for what its handler calls, or for another process: {@link FailureStore.resume} finds it by that. */
export const POSTPONED = 'POSTPONED';

function reasonOf(decision: FailedMessage['decision']): string | null {
  if (decision.kind === 'postpone') return POSTPONED;
  return decision.kind === 'dead-letter' ? cleanText(decision.reason, 200) : null;
}

const MOST_MS = 8_640_000_000_000_000;

/** A sender may claim any time, also one that no date has. */
function storable(timestampMs: number): number {
  return Math.trunc(Math.min(Math.max(timestampMs, -MOST_MS), MOST_MS)) || 0;
}
