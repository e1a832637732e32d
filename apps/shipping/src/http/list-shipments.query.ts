import { ApiProperty } from '@nestjs/swagger';
import { IsUuid } from '@waybill/http';

export class ListShipmentsQuery {
  @ApiProperty({ format: 'uuid' })
  @IsUuid()
  orderId: string;
}
