import { ApiProperty } from '@nestjs/swagger';
import { HasNoCardNumber, IsText } from '@waybill/http';

export class CancelOrderBody {
  @ApiProperty({ maxLength: 200, example: 'Changed my mind' })
  @IsText()
  @HasNoCardNumber()
  reason: string;
}
