import { Inject, Injectable } from '@nestjs/common';
import { Database } from '@waybill/database';
import type { Transaction } from '@waybill/database';
import { decodeEnvelope, HELD_MESSAGE_RUNNER } from '@waybill/messaging';
import type { HeldMessageRunner } from '@waybill/messaging';

import { heldMessageOf } from './held-rows.js';
import type { HeldRow } from './held-rows.js';
import { keyText } from './letter-views.js';
import { keysByReason, lockByReason } from './sql/letters-by-reason.js';
import { DEAD_LETTER_OPTIONS } from './tokens.js';
import type { DeadLetterOptions } from './tokens.js';

/** A key and how many dead letters of one reason it has. Times are ISO 8601. */
export interface KeyOfLetters {
  readonly key: string;
  /** Where the next page continues. */
  readonly place: string;
  readonly letters: number;
  readonly types: readonly string[];
  readonly firstAt: string;
}

/** What a dead letter says, as today's code reads it. */
export interface ReadLetter {
  readonly id: string;
  /** The contract's name, without version. */
  readonly contract: string;
  readonly data: unknown;
  readonly causationId: string | undefined;
}

interface KeyRow {
  readonly key_hash: Buffer;
  readonly key: Buffer;
  readonly letters: number;
  readonly types: readonly string[] | null;
  readonly first_at: Date;
}

/** For an application that knows what to do about letters of one reason. */
@Injectable()
export class LettersByReason {
  constructor(
    private readonly database: Database,
    @Inject(HELD_MESSAGE_RUNNER) private readonly runner: HeldMessageRunner<Transaction>,
    @Inject(DEAD_LETTER_OPTIONS) private readonly options: DeadLetterOptions,
  ) {}

  /** @param after the place of the key before: hexadecimal */
  async keys(reason: string, limit: number, after?: string): Promise<readonly KeyOfLetters[]> {
    const place = after === undefined ? null : Buffer.from(after, 'hex');
    const values = [this.options.group, reason, place, limit];
    const rows = await this.database.operators.query<KeyRow>(keysByReason, values);
    return rows.map(({ key_hash: hash, key, letters, types, first_at: firstAt }) => ({
      key: keyText(key).key ?? '',
      place: hash.toString('hex'),
      letters,
      types: types ?? [],
      firstAt: firstAt.toISOString(),
    }));
  }

  /** Those of one key that can be read, oldest first, locked until the transaction ends: whoever comes second finds them settled. */
  async lock(tx: Transaction, reason: string, key: string): Promise<readonly ReadLetter[]> {
    const rows = await tx.query<HeldRow>(lockByReason, [this.options.group, reason, Buffer.from(key)]);
    const letters: ReadLetter[] = [];
    for (const row of rows) {
      const held = heldMessageOf(row);
      const { contract, data, unreadable } = await this.runner.inspect(held);
      if (contract === undefined || unreadable !== undefined) continue;
      const { causationId } = decodeEnvelope(held.record.headers);
      letters.push({ id: row.seq, contract: contract.name, data, causationId });
    }
    return letters;
  }
}
