import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import type { SagaInstance, SagaStatus } from '@waybill/saga';

export const SAGA_STATUSES: readonly SagaStatus[] = [
  'RUNNING',
  'COMPLETED',
  'COMPENSATING',
  'COMPENSATED',
  'COMPENSATION_FAILED',
];

class SagaErrorResponse {
  @ApiProperty({ example: 'process-payment' }) step: string;
  @ApiProperty({ example: 'REFUND_REFUSED' }) code: string;
  @ApiProperty({ example: 'The provider refuses the refund' }) message: string;
}

export class AdminSagaResponse {
  @ApiProperty({ format: 'uuid' }) orderId: string;
  @ApiProperty({ enum: SAGA_STATUSES }) status: SagaStatus;
  @ApiProperty({ example: 'process-payment' }) step: string;
  @ApiProperty({ format: 'date-time' }) startedAt: string;
  @ApiProperty({ format: 'date-time' }) updatedAt: string;
  @ApiProperty({ type: String, format: 'date-time', nullable: true }) deadlineAt: string | null;
  @ApiPropertyOptional({ type: SagaErrorResponse, description: 'Of the stuck step, or why it is being undone' })
  error?: SagaErrorResponse;
}

export class AdminSagaPageResponse {
  @ApiProperty({ type: [AdminSagaResponse] }) items: AdminSagaResponse[];
  @ApiProperty({ type: String, nullable: true }) nextCursor: string | null;
}

export function adminSagaOf(instance: SagaInstance): AdminSagaResponse {
  const { id, status, step, createdAt, updatedAt, deadlineAt } = instance;
  const error = errorOf(instance);
  return {
    orderId: id,
    status,
    step,
    startedAt: new Date(createdAt).toISOString(),
    updatedAt: new Date(updatedAt).toISOString(),
    deadlineAt: deadlineAt === null ? null : new Date(deadlineAt).toISOString(),
    ...(error === undefined ? {} : { error }),
  };
}

/** What an operator has to repair comes before what the customer is told. */
function errorOf({ steps, failure }: SagaInstance): SagaErrorResponse | undefined {
  const stuck = steps.find(({ status, skipped }) => status === 'COMPENSATION_FAILED' && skipped !== true);
  if (stuck?.error) return { step: stuck.name, code: stuck.error.code, message: stuck.error.message };
  return failure && { step: failure.step, code: failure.code, message: failure.message };
}
