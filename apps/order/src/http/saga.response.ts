import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import type { SagaInstance } from '@waybill/saga';

class StepErrorResponse {
  @ApiProperty({ example: 'PAYMENT_DECLINED' })
  code: string;

  @ApiProperty({ example: 'The card was declined' })
  message: string;
}

export class SagaStepResponse {
  @ApiProperty({ example: 'process-payment' })
  name: string;

  @ApiProperty({
    enum: ['PENDING', 'RUNNING', 'DONE', 'FAILED', 'COMPENSATING', 'COMPENSATED', 'COMPENSATION_FAILED'],
  })
  status: string;

  @ApiProperty({ type: 'integer' })
  attempts: number;

  @ApiProperty({ type: String, format: 'date-time', nullable: true })
  startedAt: string | null;

  @ApiProperty({ type: String, format: 'date-time', nullable: true })
  endedAt: string | null;

  @ApiPropertyOptional({ type: StepErrorResponse })
  error?: StepErrorResponse;
}

export class SagaResponse {
  @ApiProperty({ enum: ['RUNNING', 'COMPLETED', 'COMPENSATING', 'COMPENSATED', 'COMPENSATION_FAILED'] })
  status: string;

  @ApiProperty({ example: 'confirm' })
  step: string;

  @ApiProperty({ type: [SagaStepResponse] })
  steps: SagaStepResponse[];

  @ApiProperty({ type: String, format: 'date-time', nullable: true, description: 'null once ended' })
  deadlineAt: string | null;
}

export function sagaResponse({ status, step, steps, deadlineAt }: SagaInstance): SagaResponse {
  return {
    status,
    step,
    steps: steps.map(sagaStepResponse),
    deadlineAt: isoOf(deadlineAt),
  };
}

export function sagaStepResponse(step: SagaInstance['steps'][number]): SagaStepResponse {
  const { name, status, attempts, startedAt, endedAt, error } = step;
  return {
    name,
    status,
    attempts,
    startedAt: isoOf(startedAt),
    endedAt: isoOf(endedAt),
    ...(error === undefined ? {} : { error: { code: error.code, message: error.message } }),
  };
}

function isoOf(ms: number | null): string | null {
  return ms === null ? null : new Date(ms).toISOString();
}
