import { ApiProperty } from '@nestjs/swagger';

import { HasNoCardNumber } from '../validation/card-number.js';
import { HasNoHiddenCharacter } from '../validation/hidden-character.js';
import { IsText } from '../validation/text.js';

/** Who acts, and why. Both are kept where operators can read them. */
export class OperatorBody {
  @ApiProperty({ minLength: 1, maxLength: 200, example: 'ada' })
  @IsText()
  @HasNoCardNumber()
  @HasNoHiddenCharacter()
  who: string;

  @ApiProperty({ minLength: 1, maxLength: 200, example: 'the gateway is back, INC-7' })
  @IsText()
  @HasNoCardNumber()
  @HasNoHiddenCharacter()
  why: string;
}
