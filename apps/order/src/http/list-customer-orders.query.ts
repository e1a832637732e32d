import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsTextLike, IsTime, ListQuery, OneOfParameter, Optional } from '@waybill/http';

import { ORDER_STATUSES } from '../domain/order.js';
import type { OrderStatus } from '../domain/order.js';

export class CustomerParameters {
  @ApiProperty({ pattern: '^[A-Za-z0-9_-]{1,64}$', example: 'cust-42' })
  @IsTextLike(/[A-Za-z0-9_-]{1,64}/, '1 to 64 letters, digits, _ or -')
  customerId: string;
}

export class ListCustomerOrdersQuery extends ListQuery {
  @ApiPropertyOptional({ enum: ORDER_STATUSES, description: 'In lower case as well' })
  @Optional()
  @OneOfParameter(ORDER_STATUSES)
  status?: OrderStatus;

  @ApiPropertyOptional({ format: 'date-time', description: 'Placed then or later', example: '2026-11-01T00:00:00Z' })
  @Optional()
  @IsTime()
  since?: string;

  @ApiPropertyOptional({ format: 'date-time', description: 'Placed before then', example: '2026-12-01T00:00:00Z' })
  @Optional()
  @IsTime()
  until?: string;
}
