import { IsArrayOf, IsIntegerIn, IsText, Optional } from '@waybill/http';

import { LONGEST_S, SHORTEST_S } from './dial.js';

class SettingBody {
  @IsText({ max: 40 })
  name: string;

  @IsText({ max: 80 })
  value: string;
}

export class BeginDialBody {
  /** @default 30 */
  @Optional()
  @IsIntegerIn({ min: SHORTEST_S, max: LONGEST_S })
  seconds?: number;

  /** @default the first of each choice */
  @Optional()
  @IsArrayOf(() => SettingBody, { max: 8, uniqueBy: 'name' })
  settings?: readonly SettingBody[];
}
