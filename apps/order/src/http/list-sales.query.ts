import { ApiPropertyOptional } from '@nestjs/swagger';
import { IsDay, IsText, ListQuery, Optional } from '@waybill/http';

export class ListSalesQuery extends ListQuery {
  @ApiPropertyOptional({ format: 'date', description: 'The first day', example: '2026-11-01' })
  @Optional()
  @IsDay()
  since?: string;

  @ApiPropertyOptional({ format: 'date', description: 'The last day, included', example: '2026-11-30' })
  @Optional()
  @IsDay()
  until?: string;

  @ApiPropertyOptional({ maxLength: 64, example: 'SKU-MUG-BLUE' })
  @Optional()
  @IsText({ max: 64 })
  sku?: string;
}
