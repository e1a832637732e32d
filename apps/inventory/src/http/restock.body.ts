import { ApiProperty } from '@nestjs/swagger';
import { IsIntegerIn } from '@waybill/http';

export class RestockBody {
  @ApiProperty({ minimum: 1, maximum: 1_000_000_000, example: 100 })
  @IsIntegerIn({ min: 1, max: 1_000_000_000 })
  quantity: number;
}
