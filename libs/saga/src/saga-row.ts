import type { SagaFailure, SagaInstance, SagaStatus, StepState } from './saga-instance.js';

/** A row of saga_instance as the statements of sql/ select it. */
export interface SagaRow {
  readonly id: string;
  readonly saga: string;
  readonly version: number;
  readonly status: SagaStatus;
  readonly step: string;
  readonly steps: readonly StepState[];
  readonly data: unknown;
  readonly failure: SagaFailure | null;
  readonly revision: number;
  readonly correlation_id: string | null;
  readonly traceparent: string | null;
  readonly deadline_at: number | null;
  readonly created_at: number;
  readonly updated_at: number;
}

export function fromRow(row: SagaRow): SagaInstance {
  return {
    saga: row.saga,
    id: row.id,
    version: row.version,
    status: row.status,
    step: row.step,
    steps: row.steps,
    data: row.data,
    ...(row.failure === null ? {} : { failure: row.failure }),
    deadlineAt: row.deadline_at === null ? null : Math.round(row.deadline_at),
    revision: row.revision,
    ...(row.correlation_id === null ? {} : { correlationId: row.correlation_id }),
    ...(row.traceparent === null ? {} : { traceparent: row.traceparent }),
    createdAt: Math.round(row.created_at),
    updatedAt: Math.round(row.updated_at),
  };
}
