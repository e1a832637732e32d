import { Inject, Injectable } from '@nestjs/common';
import { Database } from '@waybill/database';
import type { Transaction } from '@waybill/database';
import { decodeEnvelope, encodeEnvelope, HELD_MESSAGE_RUNNER, INBOX, namesIn, textsAt } from '@waybill/messaging';
import type { DataFault, HeldMessageRunner, Inbox, MessageContract } from '@waybill/messaging';
import { holdsCardNumber, parseRfc3339 } from '@waybill/observability';
import { v7 as uuidv7 } from 'uuid';

import {
  InvalidPayloadError,
  LetterNotDeadError,
  LetterNotFoundError,
  LetterVersionChangesError,
  LetterVersionUnknownError,
  LetterWithoutContractError,
} from './dead-letter.errors.js';
import type { Actor } from './dead-letters.js';
import { DueMessages } from './due-messages.js';
import { decodeHeaders, encodeHeaders } from './header-bytes.js';
import { heldMessageOf, identityOf } from './held-rows.js';
import type { HeldRow } from './held-rows.js';
import { editLetter } from './sql/edit-letter.js';
import { lockLetter } from './sql/find-letter.js';
import { DEAD_LETTER_OPTIONS } from './tokens.js';
import type { DeadLetterOptions } from './tokens.js';

/** CloudEvents' claim check: the new payload is in the record itself. */
const REFERENCE = ['ce_dataref', 'ce_datasha256', 'ce_databytes'];

/** Replaces what a letter says. */
@Injectable()
export class LetterEdits {
  constructor(
    private readonly database: Database,
    private readonly held: DueMessages,
    @Inject(HELD_MESSAGE_RUNNER) private readonly runner: HeldMessageRunner<Transaction>,
    @Inject(INBOX) private readonly inbox: Inbox<Transaction>,
    @Inject(DEAD_LETTER_OPTIONS) private readonly options: DeadLetterOptions,
  ) {}

  /**
   * Puts a new message (new id, the old one's cause, today's version of the type) in the old one's place in its key's
   * sequence, and lets it run with attempts of its own. What follows from it names the message that was published as its cause: an answer
   * to an edited command answers the command that was sent. The old message is discarded; its id and payload stay in the audit.
   * @param as the type that the payload is one of; must be given where the letter is of an older version than today's
   * @returns the new message's id.
   * What a letter is about can't be edited: its key stays, and its version unless `as` says another.
   * @throws LetterNotFoundError, LetterNotDeadError, LetterWithoutContractError, LetterVersionUnknownError, LetterVersionChangesError,
   *   InvalidPayloadError
   */
  edit(id: string, payload: unknown, actor: Actor, as?: string): Promise<string> {
    return this.database.transaction((tx) => this.editIn(tx, id, payload, actor, as));
  }

  /** The same in a transaction of the caller's. */
  async editIn(tx: Transaction, id: string, payload: unknown, actor: Actor, as?: string): Promise<string> {
    if (!/^\d{1,18}$/.test(id)) throw new LetterNotFoundError(id);
    const messageId = uuidv7();
    const [row] = await tx.query<HeldRow>(lockLetter, [this.options.group, id]);
    if (row === undefined) throw new LetterNotFoundError(id);
    if (row.state !== 'dead') throw new LetterNotDeadError(id, row.state);
    const { contract, unreadable } = await this.runner.inspect(heldMessageOf(row));
    if (contract === undefined) throw new LetterWithoutContractError(id);
    if (unreadable === 'UNKNOWN_VERSION') throw new LetterVersionUnknownError(id, row.type, contract.type);
    if (contract.type !== (as ?? row.type)) throw new LetterVersionChangesError(id, row.type, contract.type, as);
    const data = parse(contract, payload);
    assertKey(contract, row.key, data);
    assertNoCardNumber(contract, data);
    await this.#replace(tx, row, { messageId, contract, data }, actor);
    tx.afterCommit(() => this.held.wake());
    return messageId;
  }

  async #replace(
    tx: Transaction,
    row: HeldRow,
    { messageId, contract, data }: { messageId: string; contract: MessageContract; data: unknown },
    { who, why }: Actor,
  ): Promise<void> {
    const { group } = this.options;
    await tx.query(editLetter, [
      row.seq,
      messageId,
      contract.type,
      editedHeaders(row, messageId, contract.type),
      Buffer.from(JSON.stringify(data)),
      who,
      why,
      JSON.stringify({ oldMessageId: row.message_id, newMessageId: messageId }),
    ]);
    const old = identityOf(row);
    const replacement = [{ ...old, id: messageId }];
    await this.inbox.claim(tx, group, replacement);
    await this.inbox.mark(tx, group, replacement, 'retrying');
    await this.inbox.mark(tx, group, [old], 'discarded');
  }
}

function parse(contract: MessageContract, payload: unknown): unknown {
  try {
    return contract.parse(payload);
  } catch (error) {
    if (!(error instanceof Error) || !('faults' in error) || !Array.isArray(error.faults)) throw error;
    // Contracts throw INVALID_MESSAGE_DATA, whose faults are these.
    throw new InvalidPayloadError(contract.type, error.faults as readonly DataFault[], { cause: error });
  }
}

/** What customers send is refused with a card number in it; so is what an operator puts in its place. */
function assertNoCardNumber({ type, personal }: MessageContract, data: unknown): void {
  const faulty = personal.filter((pointer) => textsAt(data, namesIn(pointer)).some(holdsCardNumber));
  if (faulty.length === 0) return;
  const message = 'must not hold a card number';
  throw new InvalidPayloadError(
    type,
    faulty.map((pointer) => ({ pointer, message })),
  );
}

/** A payload about something else would act on that, in the sequence of this key. */
function assertKey({ type, key: pointer }: MessageContract, key: Buffer | null, data: unknown): void {
  if (pointer === undefined) return;
  const [, ...names] = pointer.split('/');
  const about = names.reduce<unknown>(
    (value, name) => (typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined),
    data,
  );
  if (about === key?.toString('utf8')) return;
  const message = key === null ? "can't be right: the letter has no key" : "must be the letter's key";
  throw new InvalidPayloadError(type, [{ pointer, message }]);
}

/**
 * The old headers, those of another sender included, with the envelope of the new message. Its cause stays: an answer still answers its
 * command.
 */
function editedHeaders(row: HeldRow, messageId: string, type: string): Buffer {
  const headers = decodeHeaders(row.headers);
  const { source, time, correlationId, causationId, subject, traceparent } = decodeEnvelope(headers);
  const envelope = encodeEnvelope(
    {
      id: messageId,
      source: source ?? '',
      type,
      time: time ?? sentAt(row),
      correlationId: correlationId ?? row.message_id,
      ...(causationId === undefined ? {} : { causationId }),
      ...(subject === undefined ? {} : { subject }),
      ...(traceparent === undefined ? {} : { traceparent }),
    },
    null,
  );
  const kept = Object.entries(headers).filter(([name]) => !REFERENCE.includes(name));
  return encodeHeaders({ ...Object.fromEntries(kept), ...envelope });
}

/** When the broker took the record; where that can't be told either, when it was put aside. */
function sentAt({ timestamp_ms: ms, held_at: heldAt }: HeldRow): string {
  const moment = new Date(Number(ms)).toISOString();
  return (parseRfc3339(moment) ?? heldAt).toISOString();
}
