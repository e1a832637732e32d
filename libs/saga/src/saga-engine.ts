import type { Transaction } from '@waybill/database';
import { parseMessageType, type Cause, type ReceivedMessage, type Restoration } from '@waybill/messaging';
import { newId } from '@waybill/observability';

import { commandMessage } from './command-message.js';
import { decide } from './decide/decide.js';
import { erased, isEnded } from './erase-saga.js';
import type { SagaErasure } from './erase-saga.js';
import { newSagaInstance } from './new-saga-instance.js';
import type { CommandOutbox, SagaAlert } from './ports.js';
import type { SagaDefinitions } from './saga-definitions.js';
import type { LeftAnswer, OperatorAction, SagaInput } from './saga-input.js';
import type { SagaInstance, SagaRef } from './saga-instance.js';
import type { SagaCancellation, SagaProgress } from './saga-progress.js';
import { SagaSession } from './saga-session.js';
import type { SagaStore } from './saga-store.js';
import type { ReplyFault } from './saga-transition.js';
import {
  REPLY_TO_UNKNOWN_SAGA,
  ReplyRefusedError,
  RestorationUnderWayError,
  SagaActionRefusedError,
  SagaExistsError,
  SagaNotFoundError,
} from './saga.errors.js';

export interface StartSaga<Data> {
  /** What the saga is about; unique among the instances of its definition, and the key of its commands. */
  readonly id: string;
  readonly data: Data;
  /** The request or message that started it; its correlation id goes with every command. */
  readonly cause?: Cause;
}

export interface LostSaga<Data> {
  readonly id: string;
  /** What is known of it. */
  readonly data: Data;
  readonly answers: readonly LeftAnswer[];
  readonly by: string;
  readonly reason: string;
  readonly cause: Cause;
}

export interface Operation {
  readonly action: OperatorAction;
  readonly by: string;
  readonly reason: string;
}

export interface SagaEnginePorts {
  readonly outbox: CommandOutbox;
  readonly alert: SagaAlert;
  /** Hears in how many milliseconds the earliest deadline of a transaction is due, once it has committed. */
  readonly deadlineSet: (inMs: number) => void;
  /** Whether the database is an older copy, whose sagas may have been undone since. @default it isn't */
  readonly restoration?: () => Restoration;
}

/**
 * Moves sagas. Everything happens in the caller's transaction: the instance is locked when it is first touched, and its
 * new state, the commands it causes and whatever the caller writes commit together or not at all. State is written just
 * before COMMIT, so a query in the same transaction doesn't see it yet.
 */
export class SagaEngine {
  readonly #session = (tx: Transaction): SagaSession => new SagaSession(tx, this.store, this.ports.deadlineSet);

  constructor(
    private readonly definitions: SagaDefinitions,
    private readonly store: SagaStore,
    private readonly ports: SagaEnginePorts,
  ) {}

  /**
   * Starts a saga under the newest version of its definition, or the one that new instances are to start with, and sends its first
   * command. The transaction fails if the saga has an instance of this id.
   * @throws SavepointError inside `tx.manager.transaction()`; ForeignTransactionError for a transaction of another database.
   */
  start<Data>(tx: Transaction, saga: string, { id, data, cause }: StartSaga<Data>): SagaProgress {
    this.store.assertOwn(tx, 'SagaEngine.start');
    const now = tx.now();
    const instance = newSagaInstance(this.definitions.toStart(saga), {
      id,
      data,
      now,
      ...(cause === undefined ? {} : { correlationId: cause.correlationId }),
      ...(cause?.traceparent === undefined ? {} : { traceparent: cause.traceparent }),
    });
    tx.session(this.#session).start(instance);
    return this.#apply(tx, instance, { kind: 'start', now, commandId: newId() }, cause).progress;
  }

  /**
   * Makes an instance whose row was lost, by the version that new ones start with, from the answers that are left; see `recover`.
   * @throws SagaExistsError; ForeignTransactionError
   */
  async recover<Data>(tx: Transaction, saga: string, lost: LostSaga<Data>): Promise<SagaProgress> {
    const { id, data, answers, by, reason, cause } = lost;
    this.store.assertOwn(tx, 'SagaEngine.recover');
    if (await this.#load(tx, { saga, id })) throw new SagaExistsError(saga, id);
    const now = tx.now();
    const { correlationId, traceparent } = cause;
    const instance = newSagaInstance(this.definitions.toStart(saga), {
      id,
      data,
      now,
      correlationId,
      ...(traceparent === undefined ? {} : { traceparent }),
    });
    tx.session(this.#session).start(instance);
    const input = { kind: 'recover', answers, by, reason, now, commandId: newId() } as const;
    return this.#apply(tx, instance, input, cause).progress;
  }

  /** Loads and locks the sagas that these answers are for, so that `handle` finds them. Issues its statement before it waits. */
  async read(tx: Transaction, messages: readonly ReceivedMessage[]): Promise<void> {
    await tx.session(this.#session).load(messages.flatMap(({ key }) => key ?? []));
  }

  /**
   * Takes a batch of answers, in their order: one for each message and saga that awaits it. Duplicates and answers that come
   * too late to matter change nothing.
   * @throws ReplyRefusedError for the first message that answers nothing that was asked; the transaction must not commit.
   * @throws UnknownSagaVersionError for one to an instance that a later release has started: another replica can take it; or to one that
   * has ended and whose version was taken out since: nobody can.
   * @throws RestorationUnderWayError for one that would lead past the pivot before an older copy has read again what may say that the saga was undone,
   * or before it is known whether this is one; until then also for one that may say so.
   */
  async handle(tx: Transaction, messages: readonly ReceivedMessage[]): Promise<readonly SagaProgress[]> {
    await this.read(tx, messages);
    const session = tx.session(this.#session);
    const restoration = this.ports.restoration?.() ?? { state: 'none' };
    return messages.flatMap((message) => {
      const { envelope, data, key } = message;
      // The data has been lifted to the version that this build works with.
      const contract = parseMessageType(envelope.type)?.name ?? envelope.type;
      const awaiting = this.#awaiting(session.of(key ?? ''), contract);
      if (awaiting.length === 0) throw new ReplyRefusedError(REPLY_TO_UNKNOWN_SAGA, envelope.type, key);
      return awaiting.map((instance) => {
        const answers = envelope.causationId;
        const state = stateOf(restoration, instance);
        const isRestored = state === 'reading-again' || state === 'read-again';
        const given = { answers, isRestored, now: session.now, commandId: newId() };
        const { progress, fault } = this.#apply(tx, instance, { kind: 'reply', contract, data, ...given }, envelope);
        const mayBeProof = fault === 'REPLY_TO_UNKNOWN_COMMAND' && this.#tellsOfUndoing(instance, contract);
        if (state === 'unknown' && mayBeProof) throw new RestorationUnderWayError(envelope.type, key);
        if (fault) throw new ReplyRefusedError(fault, envelope.type, key);
        const passesPivot = progress.transitions.some(({ kind }) => kind === 'pivot-passed');
        if ((state === 'unknown' || state === 'reading-again') && passesPivot) {
          throw new RestorationUnderWayError(envelope.type, key);
        }
        return { message, ...progress };
      });
    });
  }

  /** Turns the saga round, unless it has passed its pivot. Repeatable. */
  async cancel(tx: Transaction, saga: string, id: string, reason: string, cause?: Cause): Promise<SagaCancellation> {
    const instance = await this.#load(tx, { saga, id });
    if (!instance) return { outcome: 'unknown' };
    const { now } = tx.session(this.#session);
    const { progress } = this.#apply(tx, instance, { kind: 'cancel', reason, now, commandId: newId() }, cause);
    if (progress.verdict === 'taken') return { outcome: 'cancelling', progress };
    if (progress.verdict === 'refused') return { outcome: 'too-late', progress };
    return { outcome: instance.status === 'COMPENSATED' ? 'undone' : 'undoing', progress };
  }

  /**
   * Deals with deadlines that have passed; one that was moved meanwhile is left alone, and so is that of an instance whose version
   * this build doesn't know: a replica of the release that has started it deals with it.
   * @param lostAt when answers were last lost at the broker
   */
  async deadlinesPassed(tx: Transaction, refs: readonly SagaRef[], lostAt?: number): Promise<SagaProgress[]> {
    await tx.session(this.#session).load(refs.map(({ id }) => id));
    const found = refs.flatMap((ref) => this.#find(tx, ref) ?? []);
    const instances = found.filter(({ saga: name, version }) => this.definitions.has(name, version));
    const commandIds = instances.flatMap((instance) => awaitedCommandId(instance) ?? []);
    const [unpublished, refused] = await Promise.all([
      this.ports.outbox.unpublishedAmong(commandIds, tx),
      this.ports.outbox.refusedAmong(commandIds, tx),
    ]);
    const { now } = tx.session(this.#session);
    return instances.map((instance) => {
      const commandId = awaitedCommandId(instance) ?? '';
      const input = {
        kind: 'deadline',
        published: !unpublished.has(commandId),
        refused: refused.get(commandId),
        lostAt,
        now,
        commandId: newId(),
      } as const;
      return this.#apply(tx, instance, input).progress;
    });
  }

  /**
   * An operator's decision about a saga that is stuck.
   * @throws SagaNotFoundError, SagaActionRefusedError
   */
  async operate(tx: Transaction, { saga, id }: SagaRef, operation: Operation): Promise<SagaProgress> {
    const instance = await this.#load(tx, { saga, id });
    if (!instance) throw new SagaNotFoundError(saga, id);
    const { now } = tx.session(this.#session);
    const { progress } = this.#apply(tx, instance, { kind: 'operate', ...operation, now, commandId: newId() });
    if (progress.verdict !== 'taken') throw new SagaActionRefusedError(operation.action, saga, id, instance.status);
    return progress;
  }

  /**
   * Forgets what ended sagas say of people; those that the transaction works on are locked, as ever. Repeatable.
   * @returns the ids of those that haven't ended: they are left as they are, and what they know is still needed
   */
  async erase<Data>(
    tx: Transaction,
    saga: string,
    ids: readonly string[],
    erasure: SagaErasure<Data>,
  ): Promise<readonly string[]> {
    const session = tx.session(this.#session);
    await session.load(ids);
    const instances = ids.flatMap((id) => this.#find(tx, { saga, id }) ?? []);
    for (const instance of instances.filter(isEnded)) session.change(erased(instance, erasure));
    return instances.filter((instance) => !isEnded(instance)).map(({ id }) => id);
  }

  /** Those that await it, as far as this build knows their versions. One that it doesn't know may have to take it, too. */
  #awaiting(instances: readonly SagaInstance[], contract: string): readonly SagaInstance[] {
    const known = instances.filter(({ saga, version }) => this.definitions.has(saga, version));
    const awaiting = known.filter((instance) => this.definitions.of(instance).replies.has(contract));
    const unknown = instances.filter((instance) => !known.includes(instance));
    const cannotBePassed = unknown.find(
      (instance) => awaiting.length === 0 || !isEnded(instance) || this.definitions.isLater(instance),
    );
    if (cannotBePassed) this.definitions.of(cannotBePassed); // throws
    return awaiting;
  }

  #tellsOfUndoing(instance: SagaInstance, contract: string): boolean {
    return this.definitions.of(instance).replies.get(contract)?.phase === 'compensation';
  }

  #apply(
    tx: Transaction,
    before: SagaInstance,
    input: SagaInput,
    cause?: Cause,
  ): { readonly progress: SagaProgress; readonly fault: ReplyFault | undefined } {
    const { verdict, instance, command, transitions, fault } = decide(this.definitions.of(before), before, input);
    if (verdict === 'taken') tx.session(this.#session).change(instance);
    if (command) this.ports.outbox.add(tx, commandMessage(instance, command, cause));
    const progress: SagaProgress = { saga: instance.saga, id: instance.id, verdict, instance, transitions };
    if (transitions.some(({ kind }) => kind === 'saga-compensation-failed')) {
      tx.afterCommit(() => this.ports.alert.compensationFailed(progress));
    }
    if (transitions.some(({ kind }) => kind === 'late-success-left')) {
      tx.afterCommit(() => this.ports.alert.settledStepSucceeded?.(progress));
    }
    return { progress, fault };
  }

  async #load(tx: Transaction, ref: SagaRef): Promise<SagaInstance | undefined> {
    await tx.session(this.#session).load([ref.id]);
    return this.#find(tx, ref);
  }

  #find(tx: Transaction, { saga, id }: SagaRef): SagaInstance | undefined {
    return tx
      .session(this.#session)
      .of(id)
      .find((instance) => instance.saga === saga);
  }
}

function awaitedCommandId(instance: SagaInstance): string | undefined {
  return instance.steps.find(({ name }) => name === instance.step)?.commandId;
}

/** A saga that began after the restore was never undone unknown to its row: for it nothing is restored. */
function stateOf(restoration: Restoration, { createdAt }: SagaInstance): Restoration['state'] {
  return 'foundAt' in restoration && createdAt > restoration.foundAt.getTime() ? 'none' : restoration.state;
}
