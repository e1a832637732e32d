import { ApiProperty } from '@nestjs/swagger';
import { IsText } from '@waybill/http';

export class CancelOrderBody {
  @ApiProperty({ maxLength: 200, example: 'Changed my mind' })
  @IsText()
  reason: string;
}
