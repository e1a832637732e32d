import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { HasNoCardNumber, HasNoHiddenCharacter, IsIntegerIn, IsText, Optional } from '@waybill/http';

export class RestockBody {
  @ApiProperty({ minimum: 1, maximum: 1_000_000_000, example: 100 })
  @IsIntegerIn({ min: 1, max: 1_000_000_000 })
  quantity: number;

  /** For the audit; a delivery that a machine reports names nobody. */
  @ApiPropertyOptional({ minLength: 1, maxLength: 200, example: 'ada' })
  @Optional()
  @IsText()
  @HasNoCardNumber()
  @HasNoHiddenCharacter()
  who?: string;

  @ApiPropertyOptional({ minLength: 1, maxLength: 200, example: 'delivery 4711' })
  @Optional()
  @IsText()
  @HasNoCardNumber()
  @HasNoHiddenCharacter()
  why?: string;
}
