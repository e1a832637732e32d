import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import type { SagaInstance, SagaStatus } from '@waybill/saga';

import type { FulfilOrder } from '../sagas/fulfil-order.saga.js';
import { MoneyResponse } from './order.response.js';
import { SagaStepResponse, sagaStepResponse } from './saga.response.js';

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

class HeldEffectResponse {
  @ApiProperty({ example: 'process-payment' }) step: string;
  @ApiProperty({ description: 'An operator left it in place; otherwise somebody has still to decide' })
  skipped: boolean;
  @ApiPropertyOptional({
    type: MoneyResponse,
    description: 'Of a payment: what the customer was charged, if it said so',
  })
  charged?: MoneyResponse;
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
  @ApiPropertyOptional({
    type: [HeldEffectResponse],
    description: 'Steps whose effect is in place although the order is not fulfilled: money, stock or a shipment',
  })
  held?: HeldEffectResponse[];
}

export class AdminSagaDetailResponse extends AdminSagaResponse {
  @ApiProperty({ type: [SagaStepResponse] }) steps: SagaStepResponse[];
  @ApiPropertyOptional({ type: SagaErrorResponse, description: 'Why it is, or was, undone' })
  failure?: SagaErrorResponse;
}

export class AdminSagaPageResponse {
  @ApiProperty({ type: [AdminSagaResponse] }) items: AdminSagaResponse[];
  @ApiProperty({ type: String, nullable: true }) nextCursor: string | null;
}

export function adminSagaOf(instance: SagaInstance): AdminSagaResponse {
  return summaryOf(instance);
}

export function adminSagaDetailOf(instance: SagaInstance): AdminSagaDetailResponse {
  const { steps, failure } = instance;
  return { ...summaryOf(instance), steps: steps.map(sagaStepResponse), ...(failure && { failure: errorIn(failure) }) };
}

function summaryOf(instance: SagaInstance) {
  const { id, status, step, createdAt, updatedAt, deadlineAt } = instance;
  const error = errorOf(instance);
  const held = heldBy(instance);
  return {
    orderId: id,
    status,
    step,
    startedAt: new Date(createdAt).toISOString(),
    updatedAt: new Date(updatedAt).toISOString(),
    deadlineAt: deadlineAt === null ? null : new Date(deadlineAt).toISOString(),
    ...(error === undefined ? {} : { error }),
    ...(held.length === 0 ? {} : { held }),
  };
}

/** What an operator has to repair comes before what the customer is told. */
function errorOf({ steps, failure }: SagaInstance): SagaErrorResponse | undefined {
  const stuck = steps.find(({ status, skipped }) => status === 'COMPENSATION_FAILED' && skipped !== true);
  if (stuck?.error) return { step: stuck.name, code: stuck.error.code, message: stuck.error.message };
  return failure && errorIn(failure);
}

function errorIn({ step, code, message }: NonNullable<SagaInstance['failure']>): SagaErrorResponse {
  return { step, code, message };
}

/** An undoing that is given up leaves the effect, whatever was decided about it. */
function heldBy({ steps, data }: SagaInstance): HeldEffectResponse[] {
  const { charged } = data as FulfilOrder; // started with data of this type
  return steps
    .filter(({ status }) => status === 'COMPENSATION_FAILED')
    .map(({ name: step, skipped = false }) => ({
      step,
      skipped,
      ...(step === 'process-payment' && charged !== undefined ? { charged } : {}),
    }));
}
