import { ApiProperty } from '@nestjs/swagger';

import { PAYMENT_STATUSES } from '../domain/payment.js';
import type { Money, PaymentStatus } from '../domain/payment.js';
import type { PaymentEntity } from '../persistence/payment.entity.js';

class MoneyResponse implements Money {
  @ApiProperty({ example: 1250, description: 'Integer minor units' })
  readonly amount: number;

  @ApiProperty({ example: 'EUR' })
  readonly currency: string;
}

export class PaymentResponse {
  @ApiProperty({ format: 'uuid' })
  readonly id: string;

  @ApiProperty({ format: 'uuid' })
  readonly orderId: string;

  @ApiProperty({ enum: PAYMENT_STATUSES })
  readonly status: PaymentStatus;

  @ApiProperty({ type: MoneyResponse })
  readonly amount: Money;
}

export function toPaymentResponse({ id, orderId, status, amount, currency }: PaymentEntity): PaymentResponse {
  return { id, orderId, status, amount: { amount, currency } };
}
