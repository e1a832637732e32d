import type { Transaction } from '@waybill/database';
import type { Inbox } from '@waybill/messaging';

import { identityOf } from './held-rows.js';
import type { HeldRow } from './held-rows.js';
import { finishHeld } from './sql/finish-held.js';

/** Claims held messages in the transaction of their handlers: those that are asked for at the same time by one statement each. */
export class HeldClaims {
  #asked: HeldRow[] = [];
  #answer: Promise<ReadonlySet<string>> | undefined;

  constructor(
    private readonly tx: Transaction,
    private readonly inbox: Inbox<Transaction>,
    private readonly group: string,
  ) {}

  /** @returns `false`: somebody else has dealt with it, and the transaction must not commit. */
  async claim(row: HeldRow): Promise<boolean> {
    this.#asked.push(row);
    this.#answer ??= Promise.resolve().then(() => this.#ask());
    return (await this.#answer).has(row.seq);
  }

  /** In the order of `seq`, so that two transactions with the same messages wait for each other instead of deadlocking. */
  async #ask(): Promise<ReadonlySet<string>> {
    const rows = this.#asked.sort((a, b) => Number(a.seq) - Number(b.seq));
    this.#asked = [];
    this.#answer = undefined;
    const [finished] = await Promise.all([
      this.tx.query<Pick<HeldRow, 'seq'>>(finishHeld, [
        rows.map(({ seq }) => seq),
        rows.map(({ message_id: id }) => id),
      ]),
      this.inbox.mark(this.tx, this.group, rows.map(identityOf), 'handled'),
    ]);
    return new Set(finished.map(({ seq }) => seq));
  }
}
