import { setTimeout as sleep } from 'node:timers/promises';

import { backoffMs, endsWithin } from '@waybill/observability';

import type { Broker, BrokerRecord, Lane, Subscription, SubscriptionListener } from '../broker.js';
import { CallPostponed } from '../messaging.errors.js';
import { BatchFailure } from './batch-failure.js';
import { BatchRunner } from './batch-runner.js';
import type { Batch } from './batch.js';
import { CallRunner } from './call-runner.js';
import { composeBatch, countFailure, holdsKey, isRecordOfFailures } from './compose-batch.js';
import { Concluded } from './concluded.js';
import { DeliveryQueue } from './delivery-queue.js';
import { postpone } from './delivery.js';
import type { Delivery } from './delivery.js';
import { recordsReceived } from './diagnostics.js';
import { healthOf } from './engine-health.js';
import type { EngineHealth } from './engine-health.js';
import type { EngineOptions } from './engine-options.js';
import { Executor } from './executor.js';
import { Intake } from './intake.js';
import { isolate, onlySuspect } from './isolate.js';
import type { Isolated } from './isolate.js';
import { describeStill } from './lanes-still.js';
import type { LaneStill } from './lanes-still.js';
import type { Conclusion, PreparedCall } from './outside-calls.js';
import { readRecord } from './read-record.js';

/**
 * Moves records from a subscription through their handlers. Lanes fill while a batch runs; one worker drains all of them
 * into the next batch, together with the outside calls that have ended. States: new → running → draining → stopped.
 */
export class MessageEngine<Tx> implements SubscriptionListener {
  readonly #options: EngineOptions<Tx>;
  readonly #queue: DeliveryQueue;
  readonly #runner: BatchRunner<Tx>;
  readonly #calls: CallRunner;
  readonly #intake: Intake;
  readonly #draining = new AbortController();
  readonly #concluded = new Concluded();
  #subscription: Subscription | undefined;
  #state: 'new' | 'running' | 'draining' | 'stopped' = 'new';
  #working = false;
  #scheduled = false;
  #interruptions = 0;
  #broker: EngineHealth = { healthy: false, detail: 'not started' };
  #onIdle: (() => void) | undefined;

  constructor(options: EngineOptions<Tx>) {
    this.#options = options;
    this.#queue = new DeliveryQueue((record) => readRecord(options.registry, record), options.queue);
    const putBack = (deliveries: readonly Delivery[]): void => {
      this.#queue.putBack(deliveries);
      this.#wake();
    };
    const executor = new Executor(options.group, options.unitOfWork, options.running);
    this.#runner = new BatchRunner(options.group, options, executor);
    this.#calls = new CallRunner(executor, options.calls, options.callTimeoutMs, {
      onCalled: (conclusion) => {
        this.#concluded.push(conclusion);
        this.#wake();
      },
      onCallFailed: (prepared, error) => {
        this.#count(prepared.delivery, error, 'call');
        putBack([prepared.delivery]);
      },
      onCallPostponed: ({ delivery, handler }, delayMs) => {
        postpone(delivery, new CallPostponed(handler.definition.name), delayMs);
        putBack([delivery]);
      },
      onCallAbandoned: () => this.#wake(),
    });
    this.#intake = new Intake(this.#queue, options.gates, options.maxBatch);
    const lanes = { putBack, wake: () => this.#wake(), isIdle: () => this.#isIdle() };
    for (const gate of options.gates) gate.attach?.(lanes);
  }

  async start(broker: Pick<Broker, 'subscribe'>): Promise<void> {
    this.#state = 'running';
    const { group, registry } = this.#options;
    if (registry.topics.length === 0) {
      this.#broker = { healthy: true, detail: 'no handlers' };
      return;
    }
    this.#subscription = await broker.subscribe({ group, topics: registry.topics }, this);
    this.#wake();
  }

  onRecords(lane: Lane, records: readonly BrokerRecord[]): void {
    if (this.#state !== 'running' && this.#state !== 'new') return;
    recordsReceived.tell(() => ({ group: this.#options.group, records }));
    for (const { read, record } of this.#queue.add(lane, records)) {
      if (read.reading.kind !== 'skip') continue;
      this.#options.observer.onSkipped?.({ topic: record.topic, type: read.type, why: read.reading.why });
    }
    this.#regulate();
    this.#wake();
  }

  onAssigned(lanes: readonly Lane[]): void {
    this.#queue.reset();
    for (const gate of this.#options.gates) gate.onAssigned?.(lanes);
  }

  onHealth(healthy: boolean, cause?: Error): void {
    this.#broker = healthy
      ? { healthy, detail: 'consuming' }
      : { healthy, detail: `the subscription is being rebuilt: ${cause?.message ?? 'unknown cause'}` };
  }

  health(): EngineHealth {
    if (this.#state === 'draining' || this.#state === 'stopped') return { healthy: false, detail: this.#state };
    const { gates, running, stillAfterMs } = this.#options;
    const waits = gates.flatMap((gate) => gate.detail?.() ?? []);
    const details = [...waits, ...running.slow(stillAfterMs), ...describeStill(this.lanesStill(), stillAfterMs)];
    return healthOf({ interruptions: this.#interruptions, broker: this.#broker, details });
  }

  /** Lanes whose position doesn't move although records wait, and why; those that are merely busy included. */
  lanesStill(): readonly LaneStill[] {
    return this.#queue.still(this.#interruptions > 0);
  }

  /**
   * Stops taking new messages, finishes the batch in hand and the calls in flight, acknowledges, leaves the group; within
   * the deadline. What couldn't end by then is rolled back or redelivered, once in effect either way.
   */
  async drain(deadlineMs: number): Promise<void> {
    if (this.#state === 'draining' || this.#state === 'stopped') return;
    this.#state = 'draining';
    this.#draining.abort();
    for (const gate of this.#options.gates) gate.stop?.();
    const endsAt = performance.now() + deadlineMs;
    if (!(await this.#idleWithin(deadlineMs * 0.6))) {
      this.#calls.abort();
      await this.#idleWithin(Math.max(endsAt - performance.now() - 1_000, 0));
    }
    this.#state = 'stopped';
    this.#acknowledge();
    await endsWithin(Math.max(endsAt - performance.now(), 500), this.#subscription?.close() ?? Promise.resolve());
  }

  async #idleWithin(timeoutMs: number): Promise<boolean> {
    if (this.#isIdle()) return true;
    return endsWithin(timeoutMs, new Promise<void>((resolve) => (this.#onIdle = resolve)));
  }

  #isIdle(): boolean {
    return !this.#working && !this.#scheduled && this.#nothingIsCalled;
  }

  /** Starts the worker in a later turn of the event loop, when all lanes of a fetch have handed over. */
  #wake(): void {
    if (this.#working || this.#scheduled || this.#state === 'stopped' || this.#state === 'new') return;
    this.#scheduled = true;
    setImmediate(() => {
      this.#scheduled = false;
      void this.#work();
    });
  }

  async #work(): Promise<void> {
    this.#working = true;
    let swept = false;
    try {
      for (;;) {
        const around = this.#options.gates.flatMap((gate) => gate.around ?? []);
        for (const work of around) await work.ready();
        const taken = this.#state === 'running' ? this.#intake.take(this.#nothingIsCalled) : [];
        const conclusions = this.#concluded.take(taken, this.#options.maxBatch);
        if (taken.length === 0 && conclusions.length === 0) {
          if (around.length === 0 || swept) break;
          swept = true;
          for (const work of around) await work.after(); // then once more, as something may have come
          continue;
        }
        swept = false;
        this.#regulate();
        for (const work of around) await work.before(taken, conclusions.length === 0 && this.#nothingIsCalled);
        await this.#handle(taken, conclusions);
        for (const work of around) await work.after();
        this.#acknowledge();
      }
      this.#acknowledge();
    } finally {
      this.#working = false;
      if (this.#isIdle()) this.#onIdle?.();
      for (const gate of this.#options.gates) gate.onRest?.();
    }
  }

  get #nothingIsCalled(): boolean {
    return this.#calls.isIdle && this.#concluded.isEmpty;
  }

  /** Runs a batch until it has committed or nothing of it is left. */
  async #handle(all: readonly Delivery[], allConclusions: readonly Conclusion[]): Promise<void> {
    let [taken, conclusions] = [all, allConclusions];
    while (taken.length > 0 || conclusions.length > 0) {
      const { batch, deferred } = composeBatch(taken, conclusions);
      if (deferred.length > 0) {
        this.#queue.putBack(deferred);
        taken = taken.filter((delivery) => !deferred.includes(delivery));
      }
      const startedAt = performance.now();
      try {
        const prepared = await this.#runner.run(batch);
        this.#interruptions = 0;
        const settled = this.#committed(taken, conclusions, prepared);
        const durationMs = performance.now() - startedAt;
        this.#options.observer.onBatch?.({ messages: taken.length + conclusions.length, durationMs, settled });
        return;
      } catch (error) {
        const reason = error instanceof BatchFailure ? error.reason : error;
        if (this.#options.unitOfWork.isTransient(reason) || isRecordOfFailures(taken, conclusions)) {
          if (!(await this.#interrupted(reason))) return;
          continue;
        }
        ({ taken, conclusions } = this.#isolate(batch, taken, error, reason));
      }
    }
  }

  /** @returns whether to do the batch again; not when the service drains. */
  async #interrupted(reason: unknown): Promise<boolean> {
    this.#interruptions += 1;
    this.#options.observer.onInterrupted?.(reason);
    const pauseMs = backoffMs(this.#interruptions, { baseMs: 40, maxMs: 3_000 });
    await sleep(pauseMs, undefined, { signal: this.#draining.signal }).catch(() => {}); // aborted: the pause is over
    return this.#state === 'running';
  }

  /** Takes the suspects out of the batch: one is to blame; of several, each is tried by itself. */
  #isolate(
    batch: Batch,
    taken: readonly Delivery[],
    error: unknown,
    reason: unknown,
  ): Pick<Isolated, 'taken' | 'conclusions'> {
    const { suspects, concluded, leaving, ...staying } = isolate(batch, taken, error);
    const only = onlySuspect({ suspects, concluded });
    if (only) {
      this.#count(only, reason, 'transaction');
      this.#queue.putBack(concluded.map(({ delivery }) => delivery));
    } else this.#concluded.unshift(concluded);
    this.#queue.putBack(leaving);
    return staying;
  }

  #count(delivery: Delivery, error: unknown, of: 'transaction' | 'call'): void {
    countFailure(delivery, error, of);
    const { reading, identity } = delivery.read;
    this.#options.observer.onFailure?.({
      handler: reading.kind === 'message' ? reading.handler.definition.name : undefined,
      messageId: identity.id,
      attempts: delivery.attempts,
      error,
      decision: delivery.failure?.decision ?? { kind: 'retry-now' },
    });
  }

  /** @returns how many are dealt with now, by topic. */
  #committed(
    taken: readonly Delivery[],
    conclusions: readonly Conclusion[],
    prepared: readonly PreparedCall[],
  ): ReadonlyMap<string, number> {
    const settled = new Map<string, number>();
    const calling = new Set(prepared.map(({ delivery }) => delivery));
    for (const delivery of [...taken, ...conclusions.map((conclusion) => conclusion.delivery)]) {
      if (calling.has(delivery)) continue;
      delivery.settled = true;
      settled.set(delivery.record.topic, (settled.get(delivery.record.topic) ?? 0) + 1);
      if (holdsKey(delivery)) this.#queue.release(delivery.keyId);
    }
    this.#calls.start(prepared);
    return settled;
  }

  #acknowledge(): void {
    const positions = this.#queue.advance();
    if (positions.length > 0) void this.#subscription?.acknowledge(positions);
  }

  #regulate(): void {
    if (this.#subscription) this.#queue.regulate(this.#subscription);
  }
}
