import { ApiPropertyOptional } from '@nestjs/swagger';
import { ListQuery, OneOfParameter, Optional } from '@waybill/http';
import type { SagaStatus } from '@waybill/saga';

import { SAGA_STATUSES } from './admin-saga.response.js';

export class ListSagasQuery extends ListQuery {
  @ApiPropertyOptional({ enum: SAGA_STATUSES, description: 'In lower case as well' })
  @Optional()
  @OneOfParameter(SAGA_STATUSES)
  status?: SagaStatus;
}
