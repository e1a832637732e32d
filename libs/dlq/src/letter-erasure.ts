import { Inject, Injectable } from '@nestjs/common';
import type { Transaction } from '@waybill/database';

import { eraseLetters, openKeys } from './sql/erase-letters.js';
import { DEAD_LETTER_OPTIONS } from './tokens.js';
import type { DeadLetterOptions } from './tokens.js';

/** Forgets what letters say of people, for an application that knows by which key theirs are. */
@Injectable()
export class LetterErasure {
  constructor(@Inject(DEAD_LETTER_OPTIONS) private readonly options: DeadLetterOptions) {}

  /** Which of these keys have messages that are still to be handled: delayed, parked or dead. */
  async openKeys(tx: Transaction, keys: readonly string[]): Promise<ReadonlySet<string>> {
    const rows = await tx.query<{ key: Buffer }>(openKeys, [this.options.group, keys.map((key) => Buffer.from(key))]);
    return new Set(rows.map(({ key }) => key.toString()));
  }

  /**
   * Deletes what has come to its end of these keys, with its audit. The inbox still knows the messages: none is handled again. Letters that
   * are open stay.
   * @param inHand ids of the messages that are being handled: a replay is on record as their letter
   */
  async erase(tx: Transaction, keys: readonly string[], inHand: readonly string[] = []): Promise<void> {
    await tx.query(eraseLetters, [this.options.group, keys.map((key) => Buffer.from(key)), inHand]);
  }
}
