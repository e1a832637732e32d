import type { Transaction } from '@waybill/database';
import type { Cause, ReceivedMessage } from '@waybill/messaging';

import { commandMessage, withCommandId } from './command-message.js';
import { decide } from './decide/decide.js';
import { expectedReply } from './decide/take-reply.js';
import { newSagaInstance } from './new-saga-instance.js';
import type { CommandOutbox, CommandPublication, SagaAlert } from './ports.js';
import type { SagaDefinition } from './saga-definition.js';
import type { SagaDefinitions } from './saga-definitions.js';
import type { OperatorAction, SagaInput } from './saga-input.js';
import type { SagaInstance, SagaRef } from './saga-instance.js';
import type { SagaCancellation, SagaProgress, SagasHandled } from './saga-progress.js';
import { SagaSession } from './saga-session.js';
import type { SagaStore } from './saga-store.js';
import { SagaActionRefusedError, SagaNotFoundError } from './saga.errors.js';

export interface StartSaga<Data> {
  /** What the saga is about; unique among the instances of its definition, and the key of its commands. */
  readonly id: string;
  readonly data: Data;
  /** The request or message that started it; its correlation id goes with every command. */
  readonly cause?: Cause;
}

export interface Operation {
  readonly action: OperatorAction;
  readonly by: string;
  readonly reason: string;
}

export interface SagaEnginePorts {
  readonly outbox: CommandOutbox;
  readonly alert: SagaAlert;
  readonly publication?: CommandPublication | undefined;
  /** Milliseconds since 1970. */
  readonly clock: () => number;
  /** Hears of the earliest deadline that a transaction has set, once it has committed. */
  readonly deadlineSet: (deadlineAt: number) => void;
}

/**
 * Moves sagas. Everything happens in the caller's transaction: the instance is locked when it is first touched, and its
 * new state, the commands it causes and whatever the caller writes commit together or not at all. State is written just
 * before COMMIT, so a query in the same transaction doesn't see it yet.
 */
export class SagaEngine {
  readonly #sessions = new WeakMap<Transaction, SagaSession>();

  constructor(
    private readonly definitions: SagaDefinitions,
    private readonly store: SagaStore,
    private readonly ports: SagaEnginePorts,
  ) {}

  /** Starts a saga and sends its first command. The transaction fails if the saga has an instance of this id. */
  start<Data>(tx: Transaction, definition: SagaDefinition<Data>, { id, data, cause }: StartSaga<Data>): SagaProgress {
    const now = this.ports.clock();
    const instance = newSagaInstance(this.definitions.of({ saga: definition.name, version: definition.version }), {
      id,
      data,
      now,
      ...(cause === undefined ? {} : { correlationId: cause.correlationId }),
      ...(cause?.traceparent === undefined ? {} : { traceparent: cause.traceparent }),
    });
    this.#session(tx).start(instance);
    return this.#apply(tx, instance, { kind: 'start', now }, cause);
  }

  /** Takes a batch of answers, in their order. Duplicates and answers that come too late to matter change nothing. */
  async handle(tx: Transaction, messages: readonly ReceivedMessage[]): Promise<SagasHandled> {
    const now = this.ports.clock();
    const session = this.#session(tx);
    await session.load(messages.flatMap((message) => sagaIdOf(message) ?? []));
    const progress: SagaProgress[] = [];
    const orphans: ReceivedMessage[] = [];
    for (const message of messages) {
      const contract = contractNameOf(message.envelope.type);
      const awaiting = session
        .of(sagaIdOf(message) ?? '')
        .filter((instance) => expectedReply(this.definitions.of(instance), contract));
      if (awaiting.length === 0) orphans.push(message);
      for (const instance of awaiting) {
        const answers = message.envelope.causationId;
        const input: SagaInput = { kind: 'reply', now, contract, data: message.data, answers };
        progress.push({ ...this.#apply(tx, instance, input, message.envelope), message });
      }
    }
    return { progress, orphans };
  }

  /** Turns the saga round, unless it has passed its pivot. Repeatable. */
  async cancel(tx: Transaction, saga: string, id: string, reason: string, cause?: Cause): Promise<SagaCancellation> {
    const instance = await this.#load(tx, { saga, id });
    if (!instance) return { outcome: 'unknown' };
    const progress = this.#apply(tx, instance, { kind: 'cancel', now: this.ports.clock(), reason }, cause);
    if (progress.verdict === 'taken') return { outcome: 'cancelling', progress };
    if (progress.verdict === 'refused') return { outcome: 'too-late', progress };
    return { outcome: instance.status === 'COMPENSATED' ? 'undone' : 'undoing', progress };
  }

  /** Deals with deadlines that have passed; one that was moved meanwhile is left alone. */
  async deadlinesPassed(tx: Transaction, refs: readonly SagaRef[]): Promise<SagaProgress[]> {
    await this.#session(tx).load(refs.map(({ id }) => id));
    const instances = refs.flatMap((ref) => this.#find(tx, ref) ?? []);
    const commandIds = instances.flatMap((instance) => awaitedCommandId(instance) ?? []);
    const publishedAt = await this.ports.publication?.publishedAt(tx, commandIds);
    const now = this.ports.clock();
    return instances.map((instance) => {
      const published = publishedAt?.get(awaitedCommandId(instance) ?? '');
      return this.#apply(tx, instance, { kind: 'deadline', now, publishedAt: published }, undefined);
    });
  }

  /**
   * An operator's decision about a saga that is stuck.
   * @throws SagaNotFoundError, SagaActionRefusedError
   */
  async operate(tx: Transaction, { saga, id }: SagaRef, operation: Operation): Promise<SagaProgress> {
    const instance = await this.#load(tx, { saga, id });
    if (!instance) throw new SagaNotFoundError(saga, id);
    const input: SagaInput = { kind: 'operate', now: this.ports.clock(), ...operation };
    const progress = this.#apply(tx, instance, input, undefined);
    if (progress.verdict !== 'taken') throw new SagaActionRefusedError(operation.action, saga, id, instance.status);
    return progress;
  }

  #apply(tx: Transaction, before: SagaInstance, input: SagaInput, cause: Cause | undefined): SagaProgress {
    const decision = decide(this.definitions.of(before), before, input);
    let { instance } = decision;
    if (decision.verdict === 'taken') {
      const messages = decision.commands.map((command) => {
        const message = commandMessage(instance, command, cause);
        instance = withCommandId(instance, command.step, message.id);
        return message;
      });
      this.#session(tx).change(instance);
      if (messages.length > 0) this.ports.outbox.add(tx, ...messages);
    }
    const { verdict, transitions } = decision;
    const progress: SagaProgress = { saga: instance.saga, id: instance.id, verdict, instance, transitions };
    if (transitions.some(({ kind }) => kind === 'saga-compensation-failed')) {
      tx.afterCommit(() => this.ports.alert.compensationFailed(progress));
    }
    return progress;
  }

  #session(tx: Transaction): SagaSession {
    tx.assertActive('SagaEngine');
    const session = this.#sessions.get(tx) ?? new SagaSession(tx, this.store, this.ports.deadlineSet);
    this.#sessions.set(tx, session);
    return session;
  }

  async #load(tx: Transaction, ref: SagaRef): Promise<SagaInstance | undefined> {
    await this.#session(tx).load([ref.id]);
    return this.#find(tx, ref);
  }

  #find(tx: Transaction, { saga, id }: SagaRef): SagaInstance | undefined {
    return this.#session(tx)
      .of(id)
      .find((instance) => instance.saga === saga);
  }
}

/** Answers carry the key of the command they answer, which is the saga's id. */
function sagaIdOf({ key, envelope }: ReceivedMessage): string | undefined {
  return key ?? envelope.subject;
}

/** `payment.charged.v1` → `payment.charged`: the data has been lifted to the version that this build works with. */
function contractNameOf(type: string): string {
  return type.replace(/\.v\d+$/, '');
}

function awaitedCommandId(instance: SagaInstance): string | undefined {
  return instance.steps.find(({ name }) => name === instance.step)?.commandId;
}
