import type { MessageContract } from '@waybill/messaging';

import type { Phase, StepError } from './saga-instance.js';

/** A command to send: what, not yet which message. */
export interface CommandSpec {
  readonly contract: MessageContract;
  readonly data: unknown;
  /** @default the saga's id */
  readonly key?: string;
}

/**
 * An answer that a step waits for. `done` = the effect is in place, `failed` = it isn't and won't be.
 * Methods, not function properties, so that replies with different data fit into one table.
 */
export interface SagaReply<Data, Reply = unknown> {
  readonly contract: MessageContract<Reply>;
  readonly outcome: 'done' | 'failed';
  /** What the saga keeps of the answer: new data. The old is frozen, in depth; to change it in place throws a TypeError. */
  apply(data: Readonly<Data>, reply: Reply): Data;
  /** Whether its content is an answer to what was asked (charged = asked). Pure; one that isn't never moves the saga. */
  satisfies(data: Readonly<Data>, reply: Reply): boolean;
  /** The reason to report; asked only if the outcome is `failed`. */
  error(reply: Reply): StepError;
}

/** How a step is undone. The receiver must cope with the command more than once, and before or without the step's own command. */
export interface SagaCompensation<Data> {
  command(data: Readonly<Data>): CommandSpec;
  readonly replies: readonly SagaReply<Data>[];
  /** How long an attempt may take, in milliseconds. @default the step's */
  readonly deadlineMs?: number;
  /** Attempts before COMPENSATION_FAILED. @default 5 */
  readonly maxAttempts?: number;
}

export interface SagaStep<Data> {
  readonly name: string;
  command(data: Readonly<Data>): CommandSpec;
  readonly replies: readonly SagaReply<Data>[];
  /** Without one, the step leaves nothing behind that would need undoing. */
  readonly compensation?: SagaCompensation<Data>;
  /** How long an answer may take once the command is published, in milliseconds. @default the saga's */
  readonly deadlineMs?: number;
  /**
   * The point of no return: from the moment this step starts, commands are only retried until they succeed; nothing is
   * undone, nothing can be cancelled.
   */
  readonly pivot?: boolean;
}

export interface SagaTable<Data> {
  readonly steps: readonly SagaStep<Data>[];
  /** Deadline of a step that names none, in milliseconds. @default 60000 */
  readonly deadlineMs?: number;
  /** First pause before a refused command is sent again, in milliseconds; doubles up to the deadline, from the pivot on up to an hour. @default 1000 */
  readonly retryDelayMs?: number;
}

/** A saga as a table, checked; made by {@link defineSaga}. */
export interface SagaDefinition<Data = unknown> {
  readonly name: string;
  readonly version: number;
  readonly steps: readonly SagaStep<Data>[];
  readonly deadlineMs: number;
  readonly retryDelayMs: number;
  /** Every reply that it waits for, by the name of its contract. */
  readonly replies: ReadonlyMap<string, ExpectedReply<Data>>;
}

/** Where a reply is awaited; each name is awaited in one place. */
export interface ExpectedReply<Data> {
  readonly step: SagaStep<Data>;
  readonly phase: Phase;
  readonly reply: SagaReply<Data>;
}

export const DEFAULT_DEADLINE_MS = 60_000;
export const DEFAULT_RETRY_DELAY_MS = 1_000;
export const DEFAULT_COMPENSATION_ATTEMPTS = 5;

/** What a reply has to say, and what the saga keeps of it. */
export interface ReplyChecks<Data, Reply> {
  /** @default any content satisfies */
  readonly satisfies?: (data: Readonly<Data>, reply: Reply) => boolean;
  /** @default nothing is kept */
  readonly apply?: (data: Readonly<Data>, reply: Reply) => Data;
}

/** A command for a table's `command` column; its data is checked by the contract when it is sent. */
export function send<Data>(contract: MessageContract<Data>, data: Data, key?: string): CommandSpec {
  return key === undefined ? { contract, data } : { contract, data, key };
}

/** The answer that completes a step (or its compensation). */
export function done<Data, Reply>(
  contract: MessageContract<Reply>,
  { satisfies = () => true, apply = (data) => data }: ReplyChecks<Data, Reply> = {},
): SagaReply<Data, Reply> {
  return { contract, outcome: 'done', apply, satisfies, error: () => ({ code: 'NONE', message: '' }) };
}

/** The answer that fails a step (or an attempt to compensate it), and what to report. */
export function failed<Data, Reply>(
  contract: MessageContract<Reply>,
  error: (reply: Reply) => StepError,
  { satisfies = () => true, apply = (data) => data }: ReplyChecks<Data, Reply> = {},
): SagaReply<Data, Reply> {
  return { contract, outcome: 'failed', apply, satisfies, error };
}
