import { ApiPropertyOptional } from '@nestjs/swagger';
import { ListQuery, OneOfParameter, Optional } from '@waybill/http';

export class ListErasuresQuery extends ListQuery {
  @ApiPropertyOptional({ enum: ['true', 'false'], description: 'true: only those that somebody has yet to confirm' })
  @Optional()
  @OneOfParameter(['true', 'false'])
  pending?: 'true' | 'false';
}
