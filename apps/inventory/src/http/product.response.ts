import { ApiProperty } from '@nestjs/swagger';

import type { ProductEntity } from '../persistence/product.entity.js';

class PriceResponse {
  @ApiProperty({ example: 1250, description: 'Integer minor units' })
  readonly amount: number;

  @ApiProperty({ example: 'EUR' })
  readonly currency: string;
}

export class ProductResponse {
  @ApiProperty({ example: 'SKU-MUG-BLUE' })
  readonly sku: string;

  @ApiProperty({ example: 'Blue mug' })
  readonly name: string;

  @ApiProperty({ type: PriceResponse })
  readonly price: PriceResponse;
}

export function toProductResponse({ sku, name, price, currency }: ProductEntity): ProductResponse {
  return { sku, name, price: { amount: price, currency } };
}
