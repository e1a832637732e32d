import { ApiProperty } from '@nestjs/swagger';
import { HasNoCardNumber, IsArrayOf, IsTextLike, IsUuid, OperatorBody } from '@waybill/http';

export class EraseCustomerBody extends OperatorBody {
  @ApiProperty({ pattern: '^[A-Za-z0-9_-]{1,64}$', example: 'cust-42', description: 'Not kept' })
  @IsTextLike(/[A-Za-z0-9_-]{1,64}/, '1 to 64 letters, digits, _ or -')
  @HasNoCardNumber()
  customerId: string;
}

export class OrderToEraseBody {
  @ApiProperty({ format: 'uuid' })
  @IsUuid()
  orderId: string;
}

export class EraseOrdersBody extends OperatorBody {
  @ApiProperty({ type: [OrderToEraseBody], minItems: 1, maxItems: 200 })
  @IsArrayOf(() => OrderToEraseBody, { min: 1, max: 200, uniqueBy: 'orderId' })
  orders: OrderToEraseBody[];
}
