import { ApiPropertyOptional } from '@nestjs/swagger';
import { IsOneOf, ListQuery, Optional } from '@waybill/http';
import type { SagaStatus } from '@waybill/saga';

import { SAGA_STATUSES } from './admin-saga.response.js';

export class ListSagasQuery extends ListQuery {
  @ApiPropertyOptional({ enum: SAGA_STATUSES })
  @Optional()
  @IsOneOf(SAGA_STATUSES)
  status?: SagaStatus;
}
