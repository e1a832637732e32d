import { setMaxListeners } from 'node:events';

import { DEFAULT_QUEUE_LIMITS } from '../consumer/delivery-queue.js';
import { CallLimitGate } from '../consumer/gates/call-limit/call-limit-gate.js';
import { CallLimit } from '../consumer/gates/call-limit/call-limit.js';
import { resumePostponed } from '../consumer/gates/call-limit/resume-postponed.js';
import { withCallLimit } from '../consumer/gates/call-limit/with-call-limit.js';
import { CrashWatch } from '../consumer/gates/crash-suspicion/crash-watch.js';
import { Solo } from '../consumer/gates/crash-suspicion/solo.js';
import { HandlerRegistry } from '../consumer/handler-registry.js';
import { HeldMessages } from '../consumer/held-messages.js';
import { MessageEngine } from '../consumer/message-engine.js';
import type { ReadAhead, RegisteredHandler } from '../consumer/registered-handler.js';
import { RunningHandlers } from '../consumer/running-handlers.js';
import type { MessageContract } from '../contract.js';
import type { CrashMarkers } from '../crash-markers.js';
import type { HandlerKind, HandlerOptions, MessageContext, OutsideCalls } from '../handler.js';
import type { HeldMessageRunner } from '../ports.js';
import type { ReceivedMessage } from '../received-message.js';
import { eventually } from './eventually.js';
import { InMemoryBroker } from './in-memory-broker.js';
import { InMemoryFailureStore } from './in-memory-failure-store.js';
import { InMemoryInbox } from './in-memory-inbox.js';
import { InMemoryUnitOfWork } from './in-memory-unit-of-work.js';
import type { InMemoryTransaction } from './in-memory-unit-of-work.js';
import { noteContract, noteRecord } from './test-contract.js';
import type { Note } from './test-contract.js';

export const notes = noteContract('notes');
export type Invoke = (messages: readonly ReceivedMessage<Note>[], context: MessageContext) => unknown;

/** The engine with every port in memory, and one handler whose effects are counted when they commit. */
export class EngineSetup {
  readonly broker = new InMemoryBroker();
  readonly unitOfWork = new InMemoryUnitOfWork();
  readonly inbox = new InMemoryInbox();
  readonly failures = new InMemoryFailureStore();
  /** Between the lanes of an engine that counts crashes and what runs held messages. */
  readonly solo = new Solo();
  /** What committed transactions have handled, in order. */
  readonly handled: string[] = [];
  /** How many messages batches have dealt with, as they tell their observer. */
  settled = 0;
  /** Runs what the failure store holds, as the engine that was started last. */
  held: HeldMessageRunner<InMemoryTransaction> | undefined;
  /** What the handlers read ahead; set before the start. */
  readAhead: ReadAhead | undefined;
  /** Deadline of the handlers; set before the start. */
  handlerTimeoutMs: number | undefined;
  readonly #draining = new AbortController();
  readonly #engines: MessageEngine<InMemoryTransaction>[] = [];
  readonly #others: RegisteredHandler[] = [];

  async publish(...records: readonly (readonly [key: string | null, text: string, id?: string])[]): Promise<void> {
    await this.broker.ensureTopics([{ name: 'notes', kind: 'event' }]);
    const publisher = await this.broker.createPublisher();
    await publisher.publish(records.map(([key, text, id]) => noteRecord(notes, key, text, id)));
  }

  /** One more handler beside that of the notes, of messages on the same topic. */
  alsoHandle(contract: MessageContract<Note>, kind: HandlerKind, invoke: Invoke, options: HandlerOptions = {}): void {
    const handler = this.#handler(kind, invoke, options);
    const name = options.subscriber ?? contract.name;
    this.#others.push({ ...handler, definition: { ...handler.definition, contract, name } });
  }

  async start(
    kind: HandlerKind,
    invoke: Invoke,
    options: HandlerOptions = {},
    markers?: CrashMarkers,
    stillAfterMs?: number,
  ) {
    setMaxListeners(0, this.#draining.signal);
    const handlers = [this.#handler(kind, invoke, options), ...this.#others];
    const onReturn = (name: string): void => void resumePostponed(this, 'g', {}, name);
    const calls = new CallLimitGate({ handlers, maxConcurrent: 100, observer: {}, onReturn });
    const registry = new HandlerRegistry(
      handlers.map((handler) => withCallLimit(handler, calls, () => true)),
      [{ name: 'notes', kind: 'event' }],
    );
    const running = new RunningHandlers(this.handlerTimeoutMs);
    const gates = [...(markers ? [this.#countCrashes(markers)] : []), calls];
    this.held = new HeldMessages({
      group: 'g',
      registry,
      unitOfWork: this.unitOfWork,
      gates,
      running,
      callTimeoutMs: 200,
      draining: this.#draining.signal,
    });
    const engine = new MessageEngine<InMemoryTransaction>({
      unitOfWork: this.unitOfWork,
      inbox: this.inbox,
      failures: this.failures,
      group: 'g',
      registry,
      running,
      callTimeoutMs: 200,
      calls,
      queue: DEFAULT_QUEUE_LIMITS,
      maxBatch: 500,
      observer: { onBatch: ({ settled }) => settled.forEach((messages) => (this.settled += messages)) },
      gates,
      stillAfterMs,
    });
    this.#engines.push(engine);
    await this.broker.ensureTopics([{ name: 'notes', kind: 'event' }]);
    await engine.start(this.broker);
    return engine;
  }

  #handler(kind: HandlerKind, invoke: Invoke, options: HandlerOptions): RegisteredHandler {
    const handler: RegisteredHandler = {
      definition: { kind, contract: notes, options, name: 'Notes.take' },
      policy: {
        immediateAttempts: 3,
        delayedAttempts: 1,
        baseDelayMs: 10,
        maxDelayMs: 10,
        ...options.retry,
        ...(options.postponeMs && { postponeMs: options.postponeMs }),
      },
      invoke: async (_, context) => invoke(context.messages as readonly ReceivedMessage<Note>[], context),
      ...(this.readAhead && { read: this.readAhead }),
    };
    return options.callLimit ? { ...handler, callLimit: new CallLimit(100) } : handler;
  }

  #countCrashes(markers: CrashMarkers): CrashWatch {
    const { inbox, unitOfWork, solo } = this;
    return new CrashWatch({
      group: 'g',
      markers,
      seen: (messages) => unitOfWork.transaction((tx) => inbox.seen(tx, 'g', messages)),
      solo,
      crashAttempts: 3,
      observer: {},
    });
  }

  /** A handler that leaves its mark when its transaction commits. */
  take(messages: readonly ReceivedMessage<Note>[], { tx }: Pick<MessageContext, 'tx'>): void {
    for (const { key, data } of messages) {
      (tx as InMemoryTransaction).onCommit(() => this.handled.push(`${key}${data.text}`));
    }
  }

  acknowledged(count: number): Promise<void> {
    return eventually(() => this.acknowledgedCount() === count, 25_000); // 20,000 messages on a busy machine
  }

  acknowledgedCount(): number {
    return [...this.broker.committed('g').values()].reduce((a, b) => a + b, 0);
  }

  async stop(): Promise<void> {
    await Promise.all(this.#engines.map((engine) => engine.drain(2_000)));
  }

  /** What an outside-call handler returns whose conclusion leaves the handler's mark. */
  plan(
    messages: readonly ReceivedMessage<Note>[],
    call: (message: ReceivedMessage<Note>, signal: AbortSignal) => Promise<string>,
  ): OutsideCalls<string, InMemoryTransaction, Note> {
    return {
      calls: messages.map((message) => (signal) => call(message, signal)),
      conclude: async (called, tx) => {
        this.take(
          called.map(({ message }) => message),
          { tx },
        );
      },
    };
  }
}
