import { Inject, Injectable } from '@nestjs/common';
import { Database } from '@waybill/database';
import type { Transaction } from '@waybill/database';

import { lock, locksFor } from './key-locks.js';
import type { CommittedRows } from './outbox-row.js';
import { RefusedRowNotFoundError } from './outbox.errors.js';
import { bringBack, discardRow, endRefusal, findRefused, listRefused } from './sql/refused-rows.js';
import type { FoundRefusal, RefusedColumns } from './sql/refused-rows.js';
import { COMMITTED_ROWS } from './tokens.js';

/** A message that the broker refuses for good. Times are ISO 8601. */
export interface RefusedRow {
  /** The message's. */
  readonly id: string;
  readonly topic: string;
  readonly key: string | null;
  readonly type: string;
  readonly reason: string;
  /** How often it was refused; more than once after a retry. */
  readonly refusals: number;
  readonly refusedAt: string;
  /** Later messages of its key, which wait for it; counted up to 1,000. */
  readonly waitingBehind: number;
}

export interface RefusalDecision {
  readonly by: string;
  readonly why: string;
}

/** The message that was decided on. */
export type DecidedRefusal = Pick<RefusedRow, 'topic' | 'type' | 'key'>;

const MOST_LISTED = 200;

/** What an operator decides about messages that the broker refuses for good. Audited in the table `outbox_refused`. */
@Injectable()
export class RefusedRows {
  constructor(
    private readonly database: Database,
    @Inject(COMMITTED_ROWS) private readonly relay: CommittedRows,
  ) {}

  /** The oldest first, for the monitor. */
  async list(most: number): Promise<readonly RefusedRow[]> {
    return (await this.database.query<RefusedColumns>(listRefused, [most])).map(refusedRowOf);
  }

  /** The oldest 200 first, for a person who looks, beside the connections of those who place orders. */
  async listForOperators(): Promise<readonly RefusedRow[]> {
    return (await this.database.operators.query<RefusedColumns>(listRefused, [MOST_LISTED])).map(refusedRowOf);
  }

  /** Sends it again, and what waits behind it, in order. If it is refused again, all of them wait again. @throws RefusedRowNotFoundError */
  retry(tx: Transaction, id: string, decision: RefusalDecision): Promise<DecidedRefusal> {
    return this.#end(tx, id, 'retried', decision);
  }

  /** Never sends it; what waits behind it goes out. @throws RefusedRowNotFoundError */
  discard(tx: Transaction, id: string, decision: RefusalDecision): Promise<DecidedRefusal> {
    return this.#end(tx, id, 'discarded', decision);
  }

  async #end(
    tx: Transaction,
    id: string,
    outcome: 'retried' | 'discarded',
    { by, why }: RefusalDecision,
  ): Promise<DecidedRefusal> {
    const { topic, type, key } = await this.#lock(tx, id);
    const ended = await tx.query(endRefusal, [id, outcome, by, why]);
    if (ended.length === 0) throw new RefusedRowNotFoundError(id);
    if (outcome === 'discarded') await tx.query(discardRow, [id]);
    await tx.query(bringBack, [id]);
    tx.afterCommit(() => this.relay.lookAgain());
    return { topic, type, key: key === null ? null : key.toString() };
  }

  /** As a flush does: a message of the key that commits now is either brought back with the others, or comes after them. */
  async #lock(tx: Transaction, id: string): Promise<FoundRefusal> {
    const [row] = await tx.query<FoundRefusal>(findRefused, [id]);
    if (row === undefined || row.outcome !== null) throw new RefusedRowNotFoundError(id);
    if (row.key !== null) {
      await lock(tx, locksFor([{ topic: row.topic, keyHash: row.key_hash, key: Buffer.alloc(0) }]));
    }
    return row;
  }
}

function refusedRowOf({ refused_at: refusedAt, waiting, key, ...row }: RefusedColumns): RefusedRow {
  const { id, topic, type, reason, refusals } = row;
  return {
    id,
    topic,
    key: key === null ? null : key.toString(),
    type,
    reason,
    refusals,
    refusedAt: refusedAt.toISOString(),
    waitingBehind: waiting - 1,
  };
}
