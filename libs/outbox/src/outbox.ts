import { Inject, Injectable, Optional } from '@nestjs/common';
import { Database, NotInTransactionError, Transaction } from '@waybill/database';
import { CLAIM_CHECK } from '@waybill/messaging';
import type { ClaimCheck, MessageContract, NewMessage } from '@waybill/messaging';

import { outboxFlush } from './diagnostics.js';
import { flush } from './flush.js';
import { newRow } from './new-row.js';
import { assertThreshold } from './outbox-options.js';
import type { OutboxSettings } from './outbox-options.js';
import type { CommittedRow, CommittedRows, NewOutboxRow } from './outbox-row.js';
import { UnknownTopicError } from './outbox.errors.js';
import { forgetRows } from './sql/forget-rows.js';
import { refusedAmong } from './sql/refused-rows.js';
import { unpublishedAmong } from './sql/unpublished-among.js';
import { COMMITTED_ROWS, OUTBOX_SETTINGS } from './tokens.js';

/**
 * The only way to publish. Messages commit with the caller's rows or not at all; they are published at least once, and for
 * each topic and key first appear in the order in which their transactions committed.
 */
@Injectable()
export class Outbox {
  readonly #pending = (tx: Transaction): NewOutboxRow[] => {
    const rows: NewOutboxRow[] = [];
    const written: CommittedRow[] = [];
    tx.beforeCommit(() => {
      outboxFlush.tell(() => ({ transaction: tx, rows }));
      return flush(tx, placed(rows, this.committed), (part) => written.push(...part));
    });
    tx.afterCommit(() => this.committed.accept(written));
    return rows;
  };

  constructor(
    @Inject(OUTBOX_SETTINGS) private readonly settings: OutboxSettings,
    @Inject(COMMITTED_ROWS) private readonly committed: CommittedRows,
    private readonly database: Database,
    @Optional() @Inject(CLAIM_CHECK) private readonly claimCheck?: ClaimCheck,
  ) {
    assertThreshold(settings, claimCheck);
  }

  /**
   * Adds messages to the transaction. They are written in one flush just before COMMIT, in the order of the calls; nothing
   * is awaited here, and all or none of one call's messages are taken.
   * @throws NotInTransactionError unless `tx` is a live transaction; SavepointError inside `tx.manager.transaction()`, whose
   * rollback couldn't take the messages back; ForeignTransactionError for one of another database, where no relay would look.
   * @throws NotPublishableError, UnknownTopicError, MessageTooLargeError for what no broker would take.
   */
  add(tx: Transaction, ...messages: readonly NewMessage[]): void {
    if (!(tx instanceof Transaction)) throw new NotInTransactionError('Outbox.add');
    tx.assertOutsideSavepoint('Outbox.add');
    this.database.assertOwn(tx, 'Outbox.add');
    const rows = messages.map((message) => newRow(message, this.settings, this.claimCheck));
    if (rows.length === 0) return;
    tx.session(this.#pending).push(...rows);
  }

  /** Why {@link add} would refuse every message of the contract; empty = it would not. For a check at the boot. */
  faultsFor({ type, topic }: Pick<MessageContract, 'topic' | 'type'>): readonly string[] {
    const { topics } = this.settings;
    return topics === undefined || topics.includes(topic) ? [] : [new UnknownTopicError(type, topic, topics).message];
  }

  /**
   * Which of the messages ({@link NewMessage.id}) no broker has acknowledged yet, e.g. so that a deadline doesn't run while
   * the command that it waits for is on its way. Seen from `tx` where one is given.
   */
  async unpublishedAmong(ids: readonly string[], tx?: Transaction): Promise<ReadonlySet<string>> {
    if (ids.length === 0) return new Set();
    const rows = await (tx ?? this.database).query<{ id: string }>(unpublishedAmong, [ids]);
    return new Set(rows.map(({ id }) => id));
  }

  /**
   * Which of the messages wait for an operator, as the broker refuses them or an earlier one of their key for good, and why.
   * Seen from `tx` where one is given.
   */
  async refusedAmong(ids: readonly string[], tx?: Transaction): Promise<ReadonlyMap<string, string>> {
    if (ids.length === 0) return new Map();
    const rows = await (tx ?? this.database).query<{ id: string; reason: string }>(refusedAmong, [ids]);
    return new Map(rows.map(({ id, reason }) => [id, reason]));
  }

  /** Deletes messages before their retention ends, as they say what must be forgotten. Those that aren't published yet stay. */
  async forget(tx: Transaction, ids: readonly string[]): Promise<void> {
    if (ids.length > 0) await tx.query(forgetRows, [ids]);
  }
}

/** One shard for each hash, hence for each key: a lease may run out between two rows, and no lock or look-up keeps a flush's own together. */
function placed(rows: readonly NewOutboxRow[], committed: CommittedRows): readonly NewOutboxRow[] {
  const shards = new Map<string, number>();
  return rows.map((row) => {
    const hashed = `${row.shard} ${row.topic}`;
    const shard = shards.get(hashed) ?? committed.shardFor(row.topic, row.shard);
    shards.set(hashed, shard);
    return shard === row.shard ? row : { ...row, shard };
  });
}
