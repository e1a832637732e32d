import { ApiPropertyOptional } from '@nestjs/swagger';

import { IntegerParameter } from '../validation/integer.js';
import { Optional } from '../validation/optional.js';
import { IsText } from '../validation/text.js';

/** Query of a list. A list's own filters extend it. */
export class ListQuery {
  /** How many items at most. */
  @ApiPropertyOptional({ type: 'integer', minimum: 1, maximum: 100, default: 20 })
  @Optional()
  @IntegerParameter({ min: 1, max: 100 })
  limit: number = 20;

  /** The `nextCursor` of the page before. */
  @ApiPropertyOptional({
    maxLength: 1000,
    description: 'The nextCursor of the page before',
    example: 'WyIwMTk3ZDZhNCJd',
  })
  @Optional()
  @IsText({ max: 1000 })
  cursor?: string;
}
