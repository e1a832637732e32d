import { EventEmitter } from 'node:events';

import { Inject, Injectable } from '@nestjs/common';
import type { Transaction } from '@waybill/database';
import type { FailedMessage, FailureStore, HeldMessage, TopicKey } from '@waybill/messaging';

import { deadLetterMessage } from './dead-letter.message.js';
import { reportError } from './error-report.js';
import { insertParameters, isKeyed } from './held-rows.js';
import { findParkedKeys } from './sql/find-parked-keys.js';
import { insertHeld } from './sql/insert-held.js';
import { parkKeys } from './sql/park-keys.js';
import { DEAD_LETTER_OPTIONS, DEAD_LETTER_SINK } from './tokens.js';
import type { DeadLetterOptions, DeadLetterSink } from './tokens.js';

/**
 * Takes over what can't be handled now, in the transaction of the batch that found out, and keeps the order of its key.
 * The failure store of `@waybill/messaging`.
 */
@Injectable()
export class DeadLetterStore implements FailureStore<Transaction> {
  /** `held` after a commit that has added messages to retry. */
  readonly changes = new EventEmitter();

  constructor(
    @Inject(DEAD_LETTER_OPTIONS) private readonly options: DeadLetterOptions,
    @Inject(DEAD_LETTER_SINK) private readonly sink: DeadLetterSink,
  ) {}

  async parkedKeys(tx: Transaction, group: string, keys: readonly TopicKey[]): Promise<readonly boolean[]> {
    const keyed = keys.filter(isKeyed);
    if (keyed.length === 0) return keys.map(() => false);
    const rows = await tx.query<{ topic: string; key: Buffer }>(findParkedKeys, [
      group,
      keyed.map(({ topic }) => topic),
      keyed.map(({ key }) => key),
    ]);
    const parked = new Set(rows.map(idOf));
    return keys.map((key) => isKeyed(key) && parked.has(idOf(key)));
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
      ]),
      tx.query(insertHeld, insertParameters(messages, this.#version)),
    ]);
    this.#wakeAfterCommit(tx);
    for (const message of messages) this.mirror(tx, message);
  }

  /** Tells the `<group>.dlq` topic of a dead letter, if it is one. */
  mirror(tx: Transaction, message: FailedMessage): void {
    if (message.decision.kind !== 'dead-letter') return;
    this.sink.add(tx, deadLetterMessage(message, reportError(message.error), message.decision.reason));
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

function idOf({ topic, key }: { readonly topic: string; readonly key: Buffer }): string {
  return `${topic} ${key.toString('latin1')}`;
}
