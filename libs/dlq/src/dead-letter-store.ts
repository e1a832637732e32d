import { createHash } from 'node:crypto';
import { EventEmitter } from 'node:events';

import { Inject, Injectable, Logger } from '@nestjs/common';
import type { Transaction } from '@waybill/database';
import type { FailedMessage, FailureStore, HeldMessage, MessageIdentity, TopicKey, Undoing } from '@waybill/messaging';

import { deadLetterContract, deadLetterMessage, readableKey } from './dead-letter.message.js';
import { reportError } from './error-report.js';
import { identityOf, insertParameters, isKeyed, POSTPONED } from './held-rows.js';
import type { HeldRow, IdentityRow } from './held-rows.js';
import { anyParkedKey, findParkedKeys } from './sql/find-parked-keys.js';
import { insertHeld } from './sql/insert-held.js';
import { parkKeys } from './sql/park-keys.js';
import { resumePostponed } from './sql/resume-postponed.js';
import { lockUndoneKeys, supersedeUndone } from './sql/supersede-held.js';
import { deleteEmptyKeys } from './sql/unpark-keys.js';
import { DEAD_LETTER_OPTIONS, DEAD_LETTER_SINK, DEFAULT_RETENTION_MS } from './tokens.js';
import type { DeadLetterOptions, DeadLetterSink } from './tokens.js';

/**
 * Takes over what can't be handled now, in the transaction of the batch that found out, and keeps the order of its key.
 * The failure store of `@waybill/messaging`.
 */
@Injectable()
export class DeadLetterStore implements FailureStore<Transaction> {
  /** `held` after a commit that has added messages to run, or set some free. */
  readonly changes = new EventEmitter();
  readonly #logger = new Logger(DeadLetterStore.name);

  constructor(
    @Inject(DEAD_LETTER_OPTIONS) private readonly options: DeadLetterOptions,
    @Inject(DEAD_LETTER_SINK) private readonly sink: DeadLetterSink,
  ) {}

  get retentionMs(): number {
    return this.options.retentionMs ?? DEFAULT_RETENTION_MS;
  }

  async isAnyParked(tx: Transaction, group: string, keys: readonly TopicKey[]): Promise<boolean> {
    const keyed = keys.filter(isKeyed);
    if (keyed.length === 0) return false;
    const topics = new Set(keyed.map(({ topic }) => topic));
    return (await tx.read(anyParkedKey, [group, [...topics], keyed.map(({ key }) => key)])).length > 0;
  }

  async parkedKeys(tx: Transaction, group: string, keys: readonly TopicKey[]): Promise<readonly boolean[]> {
    const keyed = keys.filter(isKeyed);
    if (keyed.length === 0) return keys.map(() => false);
    const rows = await tx.query<SequenceRow>(findParkedKeys, [
      group,
      keyed.map(({ topic }) => topic),
      keyed.map(({ key }) => key),
      keyed.map(({ subscriber = '' }) => subscriber),
    ]);
    const parked = new Set(rows.map(idOf));
    return keys.map((key) => isKeyed(key) && parked.has(idOf(key)));
  }

  async supersede(tx: Transaction, group: string, undoings: readonly Undoing[]): Promise<readonly MessageIdentity[]> {
    const undone = undoings
      .filter(isKeyed)
      .flatMap(({ topic, key, subscriber = '', undoes, identity }) =>
        undoes.map((name) => ({ topic, key, subscriber, name, by: identity.id })),
      );
    if (undone.length === 0) return [];
    const [topics, subscribers] = [undone.map(({ topic }) => topic), undone.map(({ subscriber }) => subscriber)];
    const keys = [group, topics, undone.map(({ key }) => key), subscribers];
    const [, rows] = await Promise.all([
      tx.query(lockUndoneKeys, keys),
      tx.query<IdentityRow>(supersedeUndone, [...keys, undone.map(({ name }) => name), undone.map(({ by }) => by)]),
    ]);
    if (rows.length === 0) return [];
    const hashes = undone.map(({ key }) => createHash('sha256').update(key).digest());
    await tx.query(deleteEmptyKeys, [group, this.options.park !== false, topics, hashes, subscribers]);
    this.#wakeAfterCommit(tx); // what was parked behind them may run
    return rows.map(identityOf);
  }

  async park(tx: Transaction, messages: readonly HeldMessage[]): Promise<void> {
    await tx.query(insertHeld, insertParameters(messages, this.#version));
    this.#wakeAfterCommit(tx);
  }

  async fail(tx: Transaction, messages: readonly FailedMessage[]): Promise<void> {
    const parking = messages.filter(({ record, decision }) => isKeyed(record) && this.#parks(decision));
    await Promise.all([
      tx.query(parkKeys, [
        parking.map(({ group }) => group),
        parking.map(({ record }) => record.topic),
        parking.map(({ record }) => record.key),
        parking.map(({ identity }) => identity.subscriber ?? ''),
      ]),
      tx.query(insertHeld, insertParameters(messages, this.#version)),
    ]);
    this.#wakeAfterCommit(tx);
    for (const message of messages) this.mirror(tx, message);
  }

  async resume(tx: Transaction, group: string, handler?: string): Promise<void> {
    const due = await tx.query(resumePostponed, [group, POSTPONED, handler ?? null]);
    if (due.length > 0) this.#wakeAfterCommit(tx);
  }

  /** Messages that are kept under one group and looked for under another wait for ever, and a dead letter that can't be announced stops its batch. */
  faultsFor(group: string): readonly string[] {
    const own = this.options.group;
    const differs = `DeadLetterModule's group "${own}" isn't MessagingModule's, "${group}": what fails would be kept under the one, and looked for under the other; name the same`;
    const refused = this.sink.faultsFor?.(deadLetterContract(group)) ?? [];
    return [
      ...(own === group ? [] : [differs]),
      ...refused.map((fault) => `Dead letters could not be announced: ${fault}; add deadLetterTopic('${group}')`),
    ];
  }

  /** Announces a dead letter, if it is one, on the topic `<group>.dlq` and, once it is committed, in the log. */
  mirror(tx: Transaction, message: FailedMessage): void {
    if (message.decision.kind !== 'dead-letter') return;
    const { identity, type, record, handler, attempts, decision } = message;
    this.sink.add(tx, deadLetterMessage(message, reportError(message.error), decision.reason));
    const key = readableKey(record.key);
    const fields = {
      messageId: identity.id,
      type,
      topic: record.topic,
      key,
      handler,
      attempts,
      reason: decision.reason,
    };
    tx.afterCommit(() => this.#logger.warn('A message became a dead letter', fields));
  }

  /** A retry must not be overtaken; a dead letter may be, where the group lets order go. */
  #parks(decision: FailedMessage['decision']): boolean {
    return decision.kind !== 'dead-letter' || this.options.park !== false;
  }

  get #version(): string {
    return this.options.serviceVersion ?? 'unknown';
  }

  #wakeAfterCommit(tx: Transaction): void {
    tx.afterCommit(() => this.changes.emit('held'));
  }
}

type SequenceRow = Pick<HeldRow, 'topic' | 'subscriber'> & { readonly key: Buffer };

function idOf({ topic, key, subscriber = '' }: Partial<SequenceRow> & Pick<SequenceRow, 'topic' | 'key'>): string {
  return `${subscriber}\n${topic} ${key.toString('latin1')}`;
}
