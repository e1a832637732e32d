import { IntegerParameter } from '../validation/integer.js';
import { Optional } from '../validation/optional.js';
import { IsText } from '../validation/text.js';

/** Query of a list. A list's own filters extend it. */
export class ListQuery {
  /** How many items at most. */
  @Optional()
  @IntegerParameter({ min: 1, max: 100 })
  limit: number = 20;

  /** The `nextCursor` of the page before. */
  @Optional()
  @IsText({ max: 1000 })
  cursor?: string;
}
