import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import {
  HasNoCardNumber,
  IsArrayOf,
  IsCountry,
  IsIntegerIn,
  IsObjectOf,
  IsText,
  IsTextLike,
  Optional,
} from '@waybill/http';

export class OrderLineBody {
  @ApiProperty({ example: 'SKU-MUG-BLUE', maxLength: 64 })
  @IsText({ max: 64 })
  sku: string;

  @ApiProperty({ type: 'integer', minimum: 1, maximum: 10_000, example: 2 })
  @IsIntegerIn({ min: 1, max: 10_000 })
  quantity: number;
}

export class ShippingAddressBody {
  @ApiProperty({ maxLength: 200, example: 'Ada Example' })
  @IsText()
  @HasNoCardNumber()
  name: string;

  @ApiProperty({ maxLength: 200, example: '1 Example Street' })
  @IsText()
  @HasNoCardNumber()
  line1: string;

  @ApiPropertyOptional({ maxLength: 200, example: 'Flat 2' })
  @Optional()
  @IsText({ min: 0 })
  @HasNoCardNumber()
  line2?: string;

  @ApiProperty({ maxLength: 200, example: 'Exampleton' })
  @IsText()
  @HasNoCardNumber()
  city: string;

  @ApiProperty({ maxLength: 200, example: '12345' })
  @IsText()
  @HasNoCardNumber()
  postalCode: string;

  @ApiProperty({ description: 'ISO 3166-1 alpha-2', example: 'DE' })
  @IsCountry()
  country: string;
}

export class PlaceOrderBody {
  @ApiProperty({ pattern: '^[A-Za-z0-9_-]{1,64}$', example: 'cust-42' })
  @IsTextLike(/[A-Za-z0-9_-]{1,64}/, '1 to 64 letters, digits, _ or -')
  @HasNoCardNumber()
  customerId: string;

  @ApiProperty({ type: [OrderLineBody], minItems: 1, maxItems: 100, description: 'No SKU twice' })
  @IsArrayOf(() => OrderLineBody, { min: 1, max: 100, uniqueBy: 'sku' })
  items: OrderLineBody[];

  @ApiProperty({ type: ShippingAddressBody })
  @IsObjectOf(() => ShippingAddressBody)
  shippingAddress: ShippingAddressBody;

  @ApiProperty({ maxLength: 200, example: 'pm_card_ok', description: "The provider's token; a card number is refused" })
  @IsText()
  @HasNoCardNumber()
  paymentMethod: string;
}
