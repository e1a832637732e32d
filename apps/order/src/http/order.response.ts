import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';

import { ORDER_STATUSES } from '../domain/order.js';

export class MoneyResponse {
  @ApiProperty({ type: 'integer', description: 'Minor units', example: 2500 })
  amount: number;

  @ApiProperty({ example: 'EUR' })
  currency: string;
}

class OrderLineResponse {
  @ApiProperty({ example: 'SKU-MUG-BLUE' })
  sku: string;

  @ApiProperty({ type: 'integer', example: 2 })
  quantity: number;

  @ApiProperty({ type: 'integer', description: "Minor units of the order's currency", example: 1250 })
  unitPrice: number;

  @ApiProperty({ type: 'integer', description: "Minor units of the order's currency", example: 2500 })
  lineTotal: number;
}

class OrderFailureResponse {
  @ApiProperty({ example: 'reserve-inventory' })
  step: string;

  @ApiProperty({
    enum: [
      'PAYMENT_DECLINED',
      'PAYMENT_METHOD_UNKNOWN',
      'OUT_OF_STOCK',
      'CARRIER_REFUSED',
      'STEP_TIMED_OUT',
      'COMMAND_REFUSED',
      'RECORD_LOST',
      'CANCELLED',
    ],
  })
  code: string;

  @ApiProperty({ example: 'Not enough units in stock' })
  message: string;
}

/** How OpenAPI shows an order. */
export class OrderResponse {
  @ApiProperty({ format: 'uuid' })
  id: string;

  @ApiProperty({ enum: ORDER_STATUSES })
  status: string;

  @ApiProperty({ example: 'cust-42' })
  customerId: string;

  @ApiProperty({ type: [OrderLineResponse] })
  items: OrderLineResponse[];

  @ApiProperty({ type: MoneyResponse })
  total: MoneyResponse;

  @ApiProperty({ format: 'date-time' })
  placedAt: string;

  @ApiProperty({ format: 'date-time' })
  updatedAt: string;

  @ApiPropertyOptional({ type: OrderFailureResponse })
  failure?: OrderFailureResponse;
}

export class OrderPageResponse {
  @ApiProperty({ type: [OrderResponse] })
  items: OrderResponse[];

  @ApiProperty({ type: String, nullable: true })
  nextCursor: string | null;
}

export class TimelineEntryResponse {
  @ApiProperty({ format: 'date-time' })
  at: string;

  @ApiProperty({ example: 'payment' })
  service: string;

  @ApiProperty({ enum: ['http', 'command', 'event', 'saga'] })
  kind: string;

  @ApiProperty({ example: 'payment.charged.v1' })
  type: string;

  @ApiProperty({ type: String, nullable: true, example: '0197d6a4-5c1e-7b3a-9c55-0a1b2c3d4e5f' })
  messageId: string | null;

  @ApiProperty({ type: String, nullable: true, example: '0197d6a4-5c1e-7b3a-9c55-0a1b2c3d4e60' })
  causationId: string | null;

  @ApiProperty({ type: Object, nullable: true })
  detail: object | null;
}
