import { ApiProperty } from '@nestjs/swagger';
import { IsUuid } from '@waybill/http';

export class ListPaymentsQuery {
  @ApiProperty({ format: 'uuid' })
  @IsUuid()
  orderId: string;
}
