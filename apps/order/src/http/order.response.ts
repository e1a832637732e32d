import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';

import { ORDER_STATUSES } from '../domain/order.js';

class MoneySchema {
  @ApiProperty({ type: 'integer', description: 'Minor units', example: 3450 })
  amount: number;

  @ApiProperty({ example: 'EUR' })
  currency: string;
}

class OrderLineSchema {
  @ApiProperty({ example: 'SKU-MUG-BLUE' })
  sku: string;

  @ApiProperty({ type: 'integer', example: 2 })
  quantity: number;

  @ApiProperty({ type: 'integer', description: "Minor units of the order's currency", example: 1250 })
  unitPrice: number;

  @ApiProperty({ type: 'integer', description: "Minor units of the order's currency", example: 2500 })
  lineTotal: number;
}

class OrderFailureSchema {
  @ApiProperty({ example: 'reserve-inventory' })
  step: string;

  @ApiProperty({
    enum: [
      'PAYMENT_DECLINED',
      'PAYMENT_METHOD_UNKNOWN',
      'OUT_OF_STOCK',
      'CARRIER_REFUSED',
      'STEP_TIMED_OUT',
      'CANCELLED',
    ],
  })
  code: string;

  @ApiProperty()
  message: string;
}

/** How OpenAPI shows an order. */
export class OrderSchema {
  @ApiProperty({ format: 'uuid' })
  id: string;

  @ApiProperty({ enum: ORDER_STATUSES })
  status: string;

  @ApiProperty()
  customerId: string;

  @ApiProperty({ type: [OrderLineSchema] })
  items: OrderLineSchema[];

  @ApiProperty({ type: MoneySchema })
  total: MoneySchema;

  @ApiProperty({ format: 'date-time' })
  placedAt: string;

  @ApiProperty({ format: 'date-time' })
  updatedAt: string;

  @ApiPropertyOptional({ type: OrderFailureSchema })
  failure?: OrderFailureSchema;
}

export class OrderPageSchema {
  @ApiProperty({ type: [OrderSchema] })
  items: OrderSchema[];

  @ApiProperty({ type: String, nullable: true })
  nextCursor: string | null;
}

export class TimelineEntrySchema {
  @ApiProperty({ format: 'date-time' })
  at: string;

  @ApiProperty({ example: 'payment' })
  service: string;

  @ApiProperty({ enum: ['http', 'command', 'event', 'saga'] })
  kind: string;

  @ApiProperty({ example: 'payment.charged.v1' })
  type: string;

  @ApiProperty({ type: String, nullable: true })
  messageId: string | null;

  @ApiProperty({ type: String, nullable: true })
  causationId: string | null;

  @ApiProperty({ type: Object, nullable: true })
  detail: object | null;
}
