import { encodeReference, referTo } from '../codec/payload-reference.js';
import { DEFAULT_QUEUE_LIMITS } from '../consumer/delivery-queue.js';
import { CallLimitGate } from '../consumer/gates/call-limit/call-limit-gate.js';
import { PayloadGate } from '../consumer/gates/payload/payload-gate.js';
import { HandlerRegistry } from '../consumer/handler-registry.js';
import { HeldMessages } from '../consumer/held-messages.js';
import { MessageEngine } from '../consumer/message-engine.js';
import type { RegisteredHandler } from '../consumer/registered-handler.js';
import { RunningHandlers } from '../consumer/running-handlers.js';
import type { HandlerKind } from '../handler.js';
import type { HeldMessage } from '../ports.js';
import type { ReceivedMessage } from '../received-message.js';
import { notes } from './engine-setup.js';
import { eventually } from './eventually.js';
import { InMemoryBroker } from './in-memory-broker.js';
import { InMemoryFailureStore } from './in-memory-failure-store.js';
import { InMemoryInbox } from './in-memory-inbox.js';
import { InMemoryPayloadStore } from './in-memory-payload-store.js';
import { InMemoryUnitOfWork } from './in-memory-unit-of-work.js';
import type { InMemoryTransaction } from './in-memory-unit-of-work.js';
import { noteRecord } from './test-contract.js';
import type { Note } from './test-contract.js';

/** The engine with every port in memory, and messages whose payload lies in a store. */
export class ByReferenceSetup {
  readonly broker = new InMemoryBroker();
  readonly store = new InMemoryPayloadStore();
  readonly failures = new InMemoryFailureStore();
  readonly handled: string[] = [];
  readonly interruptions: unknown[] = [];
  readonly unitOfWork = new InMemoryUnitOfWork();
  /** Labels of messages whose first attempt fails. */
  readonly shaky = new Set<string>();
  #engine: MessageEngine<InMemoryTransaction> | undefined;
  #registry: HandlerRegistry | undefined;

  /** By reference where the text says so: `large …`. */
  async publish(key: string | null, text: string, { stored = true, contract = notes } = {}): Promise<string> {
    const whole = noteRecord(contract, key, text);
    const id = String(whole.headers['ce_id']);
    const payload = whole.value ?? Buffer.alloc(0);
    const publisher = await this.broker.createPublisher();
    if (!text.startsWith('large')) {
      await publisher.publish([whole]);
      return id;
    }
    if (stored) this.store.payloads.set(id, { payload, storedAtMs: 0 });
    const headers = { ...whole.headers, ...encodeReference(referTo(id, payload)) };
    await publisher.publish([{ ...whole, value: Buffer.alloc(0), headers }]);
    return id;
  }

  /** One handler, and one more for each name. */
  async start(
    kind: HandlerKind = 'batch',
    store: 'bound' | 'unbound' = 'bound',
    subscribers: readonly string[] = [],
  ): Promise<void> {
    await this.broker.ensureTopics([{ name: 'notes', kind: 'event' }]);
    const registry = new HandlerRegistry(
      [this.#handler(kind), ...subscribers.map((subscriber) => this.#handler(kind, subscriber))],
      [{ name: 'notes', kind: 'event' }],
    );
    this.#registry = registry;
    const calls = new CallLimitGate({
      handlers: registry.handlers,
      maxConcurrent: 100,
      observer: {},
      onReturn: () => {},
    });
    this.#engine = new MessageEngine<InMemoryTransaction>({
      unitOfWork: this.unitOfWork,
      inbox: new InMemoryInbox(),
      failures: this.failures,
      group: 'g',
      registry,
      running: new RunningHandlers(),
      callTimeoutMs: 200,
      calls,
      queue: DEFAULT_QUEUE_LIMITS,
      maxBatch: 500,
      observer: {},
      gates: [this.#gate(registry, store), calls],
    });
    await this.#engine.start(this.broker);
  }

  /** What a named one has handled has its name before it. */
  #handler(kind: HandlerKind, subscriber?: string): RegisteredHandler {
    const labelsOf = (messages: readonly ReceivedMessage[]): readonly string[] =>
      messages.map((message) => (subscriber === undefined ? labelOf(message) : `${subscriber} ${labelOf(message)}`));
    const options = subscriber === undefined ? {} : { subscriber };
    return {
      definition: { kind, contract: notes, options, name: 'Notes.take' },
      policy: { immediateAttempts: 3, delayedAttempts: 1, baseDelayMs: 10, maxDelayMs: 10 },
      invoke: async (_, { messages, tx }) => {
        const labels = labelsOf(messages);
        if (labels.some((label) => this.shaky.delete(label))) throw new Error('shaky');
        const take = (to: unknown) => (to as InMemoryTransaction).onCommit(() => this.handled.push(...labels));
        if (kind !== 'outside-call') return take(tx);
        return {
          calls: messages.map(() => async () => 'called'),
          conclude: async (_called: unknown, concluding: unknown) => take(concluding),
        };
      },
    };
  }

  #gate(registry: HandlerRegistry, store: 'bound' | 'unbound'): PayloadGate {
    return new PayloadGate({
      registry,
      store: store === 'bound' ? this.store : undefined,
      onUnavailable: (error) => void this.interruptions.push(error),
    });
  }

  /** Runs a stored message as the failure store would. */
  async replay(message: HeldMessage) {
    if (!this.#registry) throw new Error('Not started');
    const held = new HeldMessages<InMemoryTransaction>({
      group: 'g',
      registry: this.#registry,
      unitOfWork: this.unitOfWork,
      gates: [this.#gate(this.#registry, 'bound')],
      running: new RunningHandlers(),
      callTimeoutMs: 200,
      draining: new AbortController().signal,
      payloads: this.store,
    });
    return held.run(message, { attempt: 4, claim: async () => true });
  }

  async acknowledged(count: number): Promise<void> {
    await eventually(() => [...this.broker.committed('g').values()].reduce((a, b) => a + b, 0) === count);
  }

  async stop(): Promise<void> {
    await this.#engine?.drain(1_000);
  }
}

function labelOf({ key, data }: ReceivedMessage): string {
  return `${key}: ${(data as Note).text}`; // parsed by the contract
}
