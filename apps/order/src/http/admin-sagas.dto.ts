import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsOneOf, IsText, ListQuery, Optional } from '@waybill/http';
import type { SagaInstance, SagaStatus } from '@waybill/saga';

const STATUSES: readonly SagaStatus[] = ['RUNNING', 'COMPLETED', 'COMPENSATING', 'COMPENSATED', 'COMPENSATION_FAILED'];

export class ListSagasQuery extends ListQuery {
  @ApiPropertyOptional({ enum: STATUSES })
  @Optional()
  @IsOneOf(STATUSES)
  status?: SagaStatus;
}

/** Who acts, and why; the order's timeline keeps both, for operators. */
export class OperatorBody {
  @ApiProperty({ minLength: 1, maxLength: 200 })
  @IsText()
  who: string;

  @ApiProperty({ minLength: 1, maxLength: 200 })
  @IsText()
  why: string;
}

class SagaErrorSchema {
  @ApiProperty() step: string;
  @ApiProperty() code: string;
  @ApiProperty() message: string;
}

export class AdminSagaSchema {
  @ApiProperty({ format: 'uuid' }) orderId: string;
  @ApiProperty({ enum: STATUSES }) status: SagaStatus;
  @ApiProperty({ example: 'process-payment' }) step: string;
  @ApiProperty({ format: 'date-time' }) startedAt: string;
  @ApiProperty({ format: 'date-time' }) updatedAt: string;
  @ApiProperty({ type: String, format: 'date-time', nullable: true }) deadlineAt: string | null;
  @ApiPropertyOptional({ type: SagaErrorSchema, description: 'Of the stuck step, or why it is being undone' })
  error?: SagaErrorSchema;
}

export class AdminSagaPageSchema {
  @ApiProperty({ type: [AdminSagaSchema] }) items: AdminSagaSchema[];
  @ApiProperty({ type: String, nullable: true }) nextCursor: string | null;
}

export function adminSagaOf(instance: SagaInstance): AdminSagaSchema {
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

/** What an operator has to mend comes before what the customer is told. */
function errorOf({ steps, failure }: SagaInstance): SagaErrorSchema | undefined {
  const stuck = steps.find(({ status, skipped }) => status === 'COMPENSATION_FAILED' && skipped !== true);
  if (stuck?.error) return { step: stuck.name, code: stuck.error.code, message: stuck.error.message };
  return failure && { step: failure.step, code: failure.code, message: failure.message };
}
