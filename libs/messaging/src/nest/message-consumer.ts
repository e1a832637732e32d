import { setMaxListeners } from 'node:events';

import { Inject, Injectable, Logger } from '@nestjs/common';
import { ModuleRef } from '@nestjs/core';
import { Server } from '@nestjs/microservices';
import type { CustomTransportStrategy, MessageHandler as NestCallback } from '@nestjs/microservices';
import type { Metrics } from '@waybill/observability';

import type { Broker } from '../broker.js';
import type { ConsumerObserver } from '../consumer/consumer-observer.js';
import { DEFAULT_QUEUE_LIMITS } from '../consumer/delivery-queue.js';
import type { EngineHealth } from '../consumer/engine-health.js';
import { CallLimitGate } from '../consumer/gates/call-limit/call-limit-gate.js';
import { resumePostponed } from '../consumer/gates/call-limit/resume-postponed.js';
import { withCallLimit } from '../consumer/gates/call-limit/with-call-limit.js';
import { CrashWatch } from '../consumer/gates/crash-suspicion/crash-watch.js';
import { Solo } from '../consumer/gates/crash-suspicion/solo.js';
import { PayloadGate } from '../consumer/gates/payload/payload-gate.js';
import { HandlerRegistry, registryFaults } from '../consumer/handler-registry.js';
import { HeldMessages } from '../consumer/held-messages.js';
import type { LaneStill } from '../consumer/lanes-still.js';
import { MessageEngine } from '../consumer/message-engine.js';
import { policyFaults } from '../consumer/policy-faults.js';
import type { RegisteredHandler } from '../consumer/registered-handler.js';
import { RunningHandlers } from '../consumer/running-handlers.js';
import { tellAll } from '../consumer/tell-all.js';
import type { CrashMarkers } from '../crash-markers.js';
import { lossOf } from '../lanes/lane-ledger.js';
import type { OpenLaneIssue } from '../lanes/lane-ledger.js';
import { LaneWatch } from '../lanes/lane-watch.js';
import type { Restoration } from '../lanes/restoration.js';
import { ForeignPositions, MessagingMisconfigured } from '../messaging.errors.js';
import type { HeldInspection, HeldMessage, HeldMessageRunner, HeldRun, HeldRunResult } from '../ports.js';
import type { MessageIdentity } from '../received-message.js';
import { retentionFaults } from '../retention/gather-retention.js';
import { BROKER } from '../tokens.js';
import { consumerLog } from './consumer-log.js';
import { consumerMetrics } from './consumer-metrics.js';
import { findPorts, isBound, portFaults } from './consumer-ports.js';
import type { BoundPorts, ConsumerPorts } from './consumer-ports.js';
import type { HandlerExtras } from './handler-decorators.js';
import { keepOriginalErrors } from './keep-original-error.js';
import { lateStart } from './late-start.js';
import { messagingFaults } from './messaging-faults.js';
import { MESSAGING_OPTIONS, WAYBILL_TRANSPORT } from './messaging-options.js';
import type { MessagingModuleOptions } from './messaging-options.js';
import { misplacedHandlers } from './misplaced-handlers.js';
import { nestHandler } from './nest-handler.js';
import { readAheadFaults, readAheadOf } from './read-ahead.js';
import { TopicKeeper } from './topic-keeper.js';

/**
 * The microservice strategy: `app.connectMicroservice({ strategy: app.get(MessageConsumer) })`. Consumes nothing before
 * `app.startAllMicroservices()`, and not at all if a handler is doubled or missing, a topic unknown or a port unbound.
 */
@Injectable()
export class MessageConsumer extends Server implements CustomTransportStrategy, HeldMessageRunner<unknown> {
  override transportId = WAYBILL_TRANSPORT;
  protected override readonly logger = new Logger('MessageConsumer');
  readonly #callbacks: { readonly callback: NestCallback; readonly extras: HandlerExtras['waybill'] }[] = [];
  readonly #draining = new AbortController();
  #engine: MessageEngine<unknown> | undefined;
  #lanes: LaneWatch | undefined;
  /** Why it doesn't consume, although the service runs. */
  #refusal: EngineHealth | undefined;
  #topics: readonly string[] = [];
  #held: HeldMessageRunner<unknown> | undefined;
  #crashMarkers: CrashMarkers | undefined;
  #closing: Promise<void> | undefined;

  constructor(
    @Inject(MESSAGING_OPTIONS) private readonly options: MessagingModuleOptions,
    @Inject(BROKER) private readonly broker: Broker,
    private readonly moduleRef: ModuleRef,
    private readonly topicKeeper: TopicKeeper,
  ) {
    super();
    keepOriginalErrors();
    setMaxListeners(0, this.#draining.signal); // every held message in flight listens
  }

  /** Nest registers each decorated method here; its own map would let a doubled handler silently win. */
  override addHandler(
    pattern: unknown,
    callback: NestCallback,
    isEventHandler?: boolean,
    extras: Record<string, unknown> = {},
  ): void {
    super.addHandler(pattern, callback, isEventHandler, extras);
    // Only our decorators use our transport id, and they always give these extras.
    const { waybill } = extras as Partial<HandlerExtras>;
    if (waybill) this.#callbacks.push({ callback, extras: waybill });
  }

  listen(callback: (error?: unknown) => void): void {
    void this.#listen(callback);
  }

  /** Why the consumer isn't ready, or that it is. Red before the start, while it is rebuilt, and while it drains. */
  health(): EngineHealth {
    return this.#refusal ?? this.#engine?.health() ?? { healthy: false, detail: 'not started' };
  }

  /** What is wrong with the lanes that this group consumes, as this process last saw it. */
  laneIssues(): readonly OpenLaneIssue[] {
    return this.#lanes?.issues() ?? [];
  }

  /** Whether messages from the broker, or held ones, may be handled by now. */
  get hasBegun(): boolean {
    return this.#held !== undefined;
  }

  /** Whether this service's database is an older copy, as this process last saw it; `none` where no ledger is bound. */
  restoration(): Restoration {
    return this.#lanes?.restoration() ?? { state: this.#engine ? 'none' : 'unknown' };
  }

  /** Lanes whose position doesn't move although records wait. */
  lanesStill(): readonly LaneStill[] {
    return this.#engine?.lanesStill() ?? [];
  }

  /** The topics it consumes, sorted; none before the start. */
  topics(): readonly string[] {
    return this.#topics;
  }

  async run(message: HeldMessage, options: HeldRun<unknown>): Promise<HeldRunResult> {
    if (!this.#held) return { kind: 'interrupted', error: new Error('The consumer has not started') };
    return this.#held.run(message, options);
  }

  async inspect(message: HeldMessage): Promise<HeldInspection> {
    if (!this.#held) return { handler: undefined, contract: undefined, upcasts: [], unreadable: 'NOT_STARTED' };
    return this.#held.inspect(message);
  }

  override async close(): Promise<void> {
    this.#closing ??= this.#drain();
    await this.#closing;
  }

  override on(): never {
    throw new Error('MessageConsumer emits no events; see MessagingModuleOptions.observer');
  }

  // oxlint-disable-next-line typescript/no-unnecessary-type-parameters -- Nest's signature: the caller names the type
  override unwrap<Underlying>(): Underlying {
    return this.broker as Underlying;
  }

  async #listen(callback: (error?: unknown) => void): Promise<void> {
    try {
      await this.#start();
    } catch (error) {
      callback(error);
      return;
    }
    callback();
  }

  async #start(): Promise<void> {
    const { options } = this;
    const bound = findPorts(this.moduleRef);
    const { required: ports, claimCheck, crashMarkers, laneLedger, metrics } = bound;
    const database = {
      isTransient: (error: unknown): boolean => ports.unitOfWork?.isTransient(error) ?? false,
      isUnstorable: (error: unknown): boolean => ports.unitOfWork?.isUnstorable(error) ?? false,
    };
    const maxConcurrent = options.maxConcurrentCalls ?? 1_024;
    const handlers = this.#callbacks.map(({ callback, extras }) =>
      nestHandler(callback, extras, options.retry ?? {}, database, maxConcurrent, readAheadOf(extras, this.moduleRef)),
    );
    const faults = [
      ...registryFaults(handlers, options.topics, options.handles ?? []),
      ...misplacedHandlers(this.moduleRef, new Set(handlers.map(({ definition }) => definition))),
      ...policyFaults(handlers),
      ...readAheadFaults(this.#callbacks.map(({ extras }) => extras)),
      ...messagingFaults(options),
      ...portFaults(ports),
      ...(ports.failures?.faultsFor?.(options.group) ?? []),
      ...(this.topicKeeper.isInPlace ? await this.#retentionFaults(handlers, bound) : []),
    ];
    if (faults.length > 0 || !isBound(ports)) throw new MessagingMisconfigured(faults);
    const observer = this.#observer(metrics);
    const resume = (handler?: string): void => void resumePostponed(ports, options.group, observer, handler);
    const calls = new CallLimitGate({ handlers, maxConcurrent, observer, onReturn: resume });
    const isDependencys = (error: unknown): boolean => !database.isTransient(error) && !database.isUnstorable(error);
    const limited = handlers.map((handler) => withCallLimit(handler, calls, isDependencys));
    const registry = new HandlerRegistry(limited, options.topics);
    this.#topics = registry.topics;
    const callTimeoutMs = options.callTimeoutMs ?? 30_000;
    const running = new RunningHandlers(options.handlerTimeoutMs);
    const { group } = options;
    const payloads = claimCheck?.store;
    const crashes = crashMarkers && (await this.#watchForCrashes(crashMarkers, ports, observer));
    const onUnavailable = (error: unknown): void => observer.onInterrupted?.(error);
    const payloadGate = new PayloadGate({ store: payloads, registry, onUnavailable });
    const gates = [...(crashes ? [crashes] : []), payloadGate, calls];
    if (laneLedger) this.#lanes = new LaneWatch(this.broker, group, laneLedger, options.checkIntervalMs ?? 10_000);
    this.#held = new HeldMessages({
      group,
      registry,
      unitOfWork: ports.unitOfWork,
      gates,
      running,
      callTimeoutMs,
      draining: this.#draining.signal,
      payloads,
    });
    this.#engine = new MessageEngine({
      ...ports,
      group,
      registry,
      gates,
      running,
      callTimeoutMs,
      calls,
      queue: DEFAULT_QUEUE_LIMITS,
      maxBatch: options.maxBatch ?? 500,
      observer,
      stillAfterMs: options.stillAfterMs,
    });
    await this.#consume(this.#engine, resume, () => this.#retentionFaults(handlers, bound));
    // What an earlier process postponed.
    if (handlers.some(({ callLimit }) => callLimit !== undefined)) resume();
  }

  /** Where the broker was away at the start: once it is there, and only if what it says of the topics fits. */
  async #consume(
    engine: MessageEngine<unknown>,
    resume: () => void,
    check: () => Promise<readonly string[]>,
  ): Promise<void> {
    this.topicKeeper.onLost((topic) => this.#lanes?.report(lossOf(topic)));
    const told = (refusal: string | undefined): void => {
      this.#refusal = refusal === undefined ? undefined : { healthy: false, detail: refusal };
    };
    told('the broker has not been reached since the start');
    const start = async (): Promise<void> => {
      try {
        await engine.start(this.#lanes ?? this.broker);
      } catch (error) {
        if (error instanceof ForeignPositions) told(error.message);
        throw error;
      }
      told(undefined);
      if (this.#lanes) resume(); // what waited until the lanes were compared
    };
    const started = (): boolean => true;
    if (this.topicKeeper.isInPlace && (await start().then(started, () => false))) return;
    const onEnd = (refusal: string | undefined): void => {
      told(refusal);
      if (refusal !== undefined) this.logger.error(refusal);
    };
    const late = lateStart({ check, start, onEnd });
    this.topicKeeper.whenInPlace(() => late.start());
    this.#draining.signal.addEventListener('abort', () => void late.stop(), { once: true });
  }

  /** Where the application has bound markers. */
  async #watchForCrashes(
    markers: CrashMarkers,
    { unitOfWork, inbox }: ConsumerPorts,
    observer: ConsumerObserver,
  ): Promise<CrashWatch> {
    const { group, crashAttempts = 3 } = this.options;
    this.#crashMarkers = markers;
    await markers.open(group);
    await markers.look(group); // held messages of a process that died are due again before the lanes are dealt out
    const seen = (messages: readonly MessageIdentity[]): Promise<readonly boolean[]> =>
      unitOfWork.transaction((tx) => inbox.seen(tx, group, messages));
    return new CrashWatch({ group, markers, seen, solo: new Solo(), crashAttempts, observer });
  }

  async #retentionFaults(
    handlers: readonly RegisteredHandler[],
    { claimCheck, own }: BoundPorts,
  ): Promise<readonly string[]> {
    const { retention: options, topics } = this.options;
    if (options === undefined) return [];
    const consumed = new Set(handlers.map(({ definition }) => definition.contract.topic));
    return retentionFaults({ broker: this.broker, topics, consumed, options, claimCheck, own });
  }

  async #drain(): Promise<void> {
    const deadlineMs = this.options.drainTimeoutMs ?? 10_000;
    const abort = setTimeout(() => this.#draining.abort(new Error('The service is draining')), deadlineMs * 0.6);
    await this.#engine?.drain(deadlineMs);
    clearTimeout(abort);
    await this.#crashMarkers?.close();
    this.#draining.abort(new Error('The service has stopped'));
  }

  #observer(metrics: Metrics | undefined): ConsumerObserver {
    const { observer, group } = this.options;
    return tellAll([
      consumerLog(this.logger),
      ...(metrics ? [consumerMetrics(metrics, group)] : []),
      ...(observer === undefined ? [] : [observer]),
    ]);
  }
}
