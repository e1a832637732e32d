import { ApiProperty } from '@nestjs/swagger';
import { IsText } from '@waybill/http';

/** Who acts, and why; the order's timeline keeps both, for operators. */
export class OperatorBody {
  @ApiProperty({ minLength: 1, maxLength: 200 })
  @IsText()
  who: string;

  @ApiProperty({ minLength: 1, maxLength: 200 })
  @IsText()
  why: string;
}
