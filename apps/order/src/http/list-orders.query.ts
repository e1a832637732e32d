import { ApiPropertyOptional } from '@nestjs/swagger';
import { IsTextLike, IsTime, ListQuery, OneOfParameter, Optional } from '@waybill/http';

import { ORDER_STATUSES } from '../domain/order.js';
import type { OrderStatus } from '../domain/order.js';

export class ListOrdersQuery extends ListQuery {
  @ApiPropertyOptional({ pattern: '^[A-Za-z0-9_-]{1,64}$', example: 'cust-42' })
  @Optional()
  @IsTextLike(/[A-Za-z0-9_-]{1,64}/, '1 to 64 letters, digits, _ or -')
  customerId?: string;

  @ApiPropertyOptional({ enum: ORDER_STATUSES, description: 'In lower case as well' })
  @Optional()
  @OneOfParameter(ORDER_STATUSES)
  status?: OrderStatus;

  @ApiPropertyOptional({ format: 'date-time', description: 'Placed then or later' })
  @Optional()
  @IsTime()
  placedSince?: string;

  @ApiPropertyOptional({ format: 'date-time', description: 'Placed before then' })
  @Optional()
  @IsTime()
  placedUntil?: string;
}
