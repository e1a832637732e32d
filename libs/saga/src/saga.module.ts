import {
  Logger,
  Module,
  type DynamicModule,
  type FactoryProvider,
  type ModuleMetadata,
  type Type,
} from '@nestjs/common';
import { Database } from '@waybill/database';
import { MessageConsumer, ReadingProgress, type Restoration } from '@waybill/messaging';
import { Outbox } from '@waybill/outbox';

import { SAGA_ALERT, SAGA_LISTENER, type ReplyProgress, type SagaAlert, type SagaListener } from './ports.js';
import { SagaDeadlines, type SagaDeadlineSettings } from './saga-deadlines.js';
import type { SagaDefinition } from './saga-definition.js';
import { SagaDefinitions } from './saga-definitions.js';
import { SagaEngine } from './saga-engine.js';
import { SagaMonitor } from './saga-monitor.js';
import { SagaOperator } from './saga-operator.js';
import { replyProgress, sagaReplies } from './saga-replies.js';
import { SagaStore } from './saga-store.js';

export interface SagaModuleOptions {
  /** All versions that may have instances in flight. */
  readonly definitions: readonly SagaDefinition[];
  /**
   * By saga, the version that new instances start with. A release that brings a version registers it and still starts the one before;
   * the next release starts it, once every replica knows it. @default the newest of each
   */
  readonly startVersions?: Readonly<Record<string, number>>;
  readonly deadlines?: SagaDeadlineSettings;
  /**
   * Names the sagas' handlers among the application's own of the same events, as `@MessageHandler` does. Only for an application
   * that handled such an event before it had a saga; otherwise name the other handler. Never change it. @default none
   */
  readonly subscriber?: string;
  /**
   * Modules that export SAGA_LISTENER (required) and SAGA_ALERT (optional); not needed for tokens that a global module
   * exports.
   */
  readonly imports?: ModuleMetadata['imports'];
}

const REPLY_PROGRESS = Symbol('waybill:saga-reply-progress');

const optional = (token: symbol) => ({ token, optional: true });

/**
 * Gives the application its {@link SagaEngine}, {@link SagaStore}, {@link SagaOperator}, handles every reply that a
 * definition awaits, and fires deadlines from bootstrap to shutdown. Needs `Database`, `Outbox` and messaging's module (all global). Refuses to boot if an instance in flight needs a
 * definition that isn't registered.
 */
@Module({})
export class SagaModule {
  static forRoot(options: SagaModuleOptions): DynamicModule {
    const running: { deadlines?: SagaDeadlines; consumer?: MessageConsumer } = {};
    const restoration = (): Restoration => running.consumer?.restoration() ?? { state: 'unknown' };
    const providers: (FactoryProvider | Type)[] = [
      SagaStore,
      SagaMonitor,
      {
        provide: SagaDefinitions,
        inject: [SagaStore],
        useFactory: async (store: SagaStore) => {
          const definitions = new SagaDefinitions(options.definitions, options.startVersions);
          definitions.requireAll(await store.openVersions());
          return definitions;
        },
      },
      {
        provide: SagaEngine,
        inject: [SagaDefinitions, SagaStore, Outbox, MessageConsumer, optional(SAGA_ALERT)],
        useFactory: (
          definitions: SagaDefinitions,
          store: SagaStore,
          outbox: Outbox,
          consumer: MessageConsumer,
          alert: SagaAlert = loggingAlert,
        ) => {
          running.consumer = consumer;
          const deadlineSet = (inMs: number): void => running.deadlines?.wakeIn(inMs);
          // Before the consumer has begun, answers come from the application itself: no copy has to read them again.
          const ofAnswers = (): Restoration => (running.consumer?.hasBegun ? restoration() : { state: 'none' });
          return new SagaEngine(definitions, store, { outbox, alert, deadlineSet, restoration: ofAnswers });
        },
      },
      {
        provide: REPLY_PROGRESS,
        inject: [ReadingProgress],
        useFactory: (progress: ReadingProgress) =>
          replyProgress(progress, restoration, options.definitions, options.subscriber),
      },
      {
        provide: SagaDeadlines,
        inject: [Database, SagaEngine, SagaStore, SAGA_LISTENER, REPLY_PROGRESS],
        useFactory: (
          database: Database,
          engine: SagaEngine,
          store: SagaStore,
          listener: SagaListener,
          replies: ReplyProgress,
        ) => {
          const parts = { database, engine, store, listener, replies };
          return (running.deadlines = new SagaDeadlines(parts, options.deadlines));
        },
      },
      {
        provide: SagaOperator,
        inject: [SagaEngine, SagaStore, SAGA_LISTENER, REPLY_PROGRESS],
        useFactory: (engine: SagaEngine, store: SagaStore, listener: SagaListener, replies: ReplyProgress) =>
          new SagaOperator(engine, store, listener, replies),
      },
    ];
    return {
      module: SagaModule,
      global: true,
      imports: options.imports ?? [],
      controllers: [sagaReplies(options.definitions, options.subscriber, restoration)],
      providers,
      exports: [SagaDefinitions, SagaEngine, SagaOperator, SagaStore],
    };
  }
}

const loggingAlert: SagaAlert = {
  compensationFailed({ saga, id, instance }) {
    new Logger('SagaAlert').error({ message: 'A saga needs an operator', saga, id, step: instance.step });
  },
  settledStepSucceeded({ saga, id }) {
    new Logger('SagaAlert').warn({
      message: 'A step that an operator had settled has taken effect; see the timeline',
      saga,
      id,
    });
  },
};
