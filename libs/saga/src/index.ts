export { decide } from './decide/decide.js';
export { defineSaga } from './define-saga.js';
export { sagaMigrations } from './migrations/saga-migrations.js';
export { newSagaInstance } from './new-saga-instance.js';
export { SAGA_LISTENER } from './ports.js';
export type { SagaListener } from './ports.js';
export { done, failed, send } from './saga-definition.js';
export type { SagaDefinition } from './saga-definition.js';
export type { SagaErasure } from './erase-saga.js';
export { SagaEngine } from './saga-engine.js';
export type { LostSaga } from './saga-engine.js';
export {
  REPLY_TO_UNKNOWN_SAGA,
  SagaActionRefusedError,
  SagaExistsError,
  SagaNotFoundError,
  UnknownSagaVersionError,
} from './saga.errors.js';
export type { OperatorAction, SagaInput } from './saga-input.js';
export type { SagaInstance, SagaStatus } from './saga-instance.js';
export { SagaModule } from './saga.module.js';
export { SagaOperator } from './saga-operator.js';
export type { SagaCancellation, SagaProgress } from './saga-progress.js';
export { SagaStore } from './saga-store.js';
export type { SagaDecision, SagaTransition } from './saga-transition.js';
