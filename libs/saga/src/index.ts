export { decide } from './decide/decide.js';
export { defineSaga } from './define-saga.js';
export { sagaMigrations } from './migrations/saga-migrations.js';
export { newSagaInstance } from './new-saga-instance.js';
export type { NewSaga } from './new-saga-instance.js';
export { SAGA_ALERT, SAGA_LISTENER } from './ports.js';
export type { CommandOutbox, ReplyProgress, ReplyReading, SagaAlert, SagaListener } from './ports.js';
export { SagaDeadlines } from './saga-deadlines.js';
export type { SagaDeadlineParts, SagaDeadlineSettings } from './saga-deadlines.js';
export { done, failed, send } from './saga-definition.js';
export type {
  CommandSpec,
  ReplyChecks,
  SagaCompensation,
  SagaDefinition,
  SagaReply,
  SagaStep,
  SagaTable,
} from './saga-definition.js';
export { SagaDefinitions } from './saga-definitions.js';
export { SagaEngine } from './saga-engine.js';
export type { Operation, SagaEnginePorts, StartSaga } from './saga-engine.js';
export {
  InvalidSagaDefinitionError,
  InvalidSagaSettingError,
  ReplyRefusedError,
  SagaActionRefusedError,
  SagaNotFoundError,
  UnknownSagaVersionError,
} from './saga.errors.js';
export type { OperatorAction, SagaInput } from './saga-input.js';
export type {
  SagaFailure,
  SagaInstance,
  SagaRef,
  SagaStatus,
  StepError,
  StepState,
  StepStatus,
} from './saga-instance.js';
export { SagaModule } from './saga.module.js';
export type { SagaModuleOptions } from './saga.module.js';
export { SagaOperator } from './saga-operator.js';
export type { SagaCancellation, SagaProgress } from './saga-progress.js';
export { SagaStore } from './saga-store.js';
export type { DueSaga, LoadedSagas, SagaFilter, SavedSaga } from './saga-store.js';
export type { ReplyFault, SagaCommand, SagaDecision, SagaTransition, SentCommand, Verdict } from './saga-transition.js';
