import { Inject, Injectable } from '@nestjs/common';
import { Database } from '@waybill/database';

import type { HeldState } from './held-rows.js';
import { keyText } from './letter-views.js';
import { listParkedKeys, listParkedKeysOf } from './sql/list-parked-keys.js';
import { DEAD_LETTER_OPTIONS } from './tokens.js';
import type { DeadLetterOptions } from './tokens.js';

/** A key whose messages wait. Times are ISO 8601. */
export interface ParkedKey {
  readonly topic: string;
  readonly key: string | null;
  readonly keyBase64?: string;
  /** Name of the handler whose messages wait; `null` = the one without. */
  readonly subscriber: string | null;
  readonly parkedAt: string;
  /** That wait, the head included. */
  readonly messages: number;
  /** What the others wait for; `null` = nothing any more, the key is about to be unparked. */
  readonly head: { readonly id: string; readonly state: HeldState; readonly nextAttemptAt: string | null } | null;
}

/** Where a list continues: microseconds since 1970, topic, hash of the key in hexadecimal, subscriber. */
export type ParkedKeyPlace = readonly [parkedUs: string, topic: string, keyHash: string, subscriber: string];

interface ParkedKeyRow {
  readonly topic: string;
  readonly key: Buffer;
  readonly key_hash: Buffer;
  readonly subscriber: string;
  readonly parked_at: Date;
  readonly parked_us: string;
  readonly messages: number;
  readonly head_seq: string | null;
  readonly head_state: HeldState | null;
  readonly head_next_attempt_at: Date | null;
}

@Injectable()
export class ParkedKeys {
  constructor(
    private readonly database: Database,
    @Inject(DEAD_LETTER_OPTIONS) private readonly options: DeadLetterOptions,
  ) {}

  /** Longest parked first; with a key, only that one, of each topic and handler. */
  async list(
    limit: number,
    { after, key }: { readonly after?: ParkedKeyPlace; readonly key?: Buffer } = {},
  ): Promise<{ readonly items: readonly ParkedKey[]; readonly next: ParkedKeyPlace | undefined }> {
    const [us, topic, hash, subscriber] = after ?? [];
    const values = [
      this.options.group,
      us ?? null,
      topic ?? null,
      hash === undefined ? null : Buffer.from(hash, 'hex'),
      subscriber ?? null,
      limit + 1,
    ];
    const { operators } = this.database;
    const rows = await (key === undefined
      ? operators.query<ParkedKeyRow>(listParkedKeys, values)
      : operators.query<ParkedKeyRow>(listParkedKeysOf, [...values, key]));
    const shown = rows.slice(0, limit);
    const last = rows.length > limit ? shown.at(-1) : undefined;
    return { items: shown.map(parkedKeyOf), next: last && placeOf(last) };
  }
}

function placeOf({ parked_us: us, topic, key_hash: hash, subscriber }: ParkedKeyRow): ParkedKeyPlace {
  return [us, topic, hash.toString('hex'), subscriber];
}

function parkedKeyOf(row: ParkedKeyRow): ParkedKey {
  return {
    topic: row.topic,
    ...keyText(row.key),
    subscriber: row.subscriber === '' ? null : row.subscriber,
    parkedAt: row.parked_at.toISOString(),
    messages: row.messages,
    head:
      row.head_seq === null || row.head_state === null
        ? null
        : {
            id: row.head_seq,
            state: row.head_state,
            nextAttemptAt: row.head_next_attempt_at?.toISOString() ?? null,
          },
  };
}
