import type { SagaDefinition } from './saga-definition.js';
import type { SagaInstance } from './saga-instance.js';

export interface NewSaga<Data> {
  readonly id: string;
  readonly data: Data;
  /** Milliseconds since 1970. */
  readonly now: number;
  readonly correlationId?: string;
  readonly traceparent?: string;
}

/** An instance in which nothing has started yet. */
export function newSagaInstance<Data>(definition: SagaDefinition<Data>, saga: NewSaga<Data>): SagaInstance<Data> {
  return {
    saga: definition.name,
    id: saga.id,
    version: definition.version,
    status: 'RUNNING',
    step: definition.steps[0]?.name ?? '',
    steps: definition.steps.map(({ name }) => ({
      name,
      status: 'PENDING',
      attempts: 0,
      startedAt: null,
      endedAt: null,
      awaiting: null,
      asked: [],
    })),
    data: saga.data,
    deadlineAt: null,
    revision: 0,
    createdAt: saga.now,
    updatedAt: saga.now,
    ...(saga.correlationId !== undefined && { correlationId: saga.correlationId }),
    ...(saga.traceparent !== undefined && { traceparent: saga.traceparent }),
  };
}
