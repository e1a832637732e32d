import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';

import { ORDER_STATUSES } from '../domain/order.js';
import { MoneyResponse } from './order.response.js';

export class CustomerOrderResponse {
  @ApiProperty({ format: 'uuid' })
  orderId: string;

  @ApiProperty({ enum: ORDER_STATUSES })
  status: string;

  @ApiProperty({ type: 'integer', description: 'Of all products together', example: 3 })
  units: number;

  @ApiProperty({ type: MoneyResponse })
  total: MoneyResponse;

  @ApiProperty({ format: 'date-time' })
  placedAt: string;

  @ApiProperty({ format: 'date-time' })
  updatedAt: string;

  @ApiPropertyOptional({ description: 'Why it is not fulfilled', example: 'OUT_OF_STOCK' })
  failureCode?: string;
}

export class CustomerOrderPageResponse {
  @ApiProperty({ type: [CustomerOrderResponse] })
  items: CustomerOrderResponse[];

  @ApiProperty({ type: String, nullable: true })
  nextCursor: string | null;
}
