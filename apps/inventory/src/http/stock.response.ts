import { ApiProperty } from '@nestjs/swagger';

import type { StockLevel } from '../domain/stock-book.js';

export class StockResponse {
  @ApiProperty({ example: 'SKU-MUG-BLUE' })
  readonly sku: string;

  @ApiProperty()
  readonly onHand: number;

  @ApiProperty()
  readonly reserved: number;

  @ApiProperty({ description: 'On hand and not reserved' })
  readonly available: number;
}

export function toStockResponse({ sku, onHand, reserved }: StockLevel): StockResponse {
  return { sku, onHand, reserved, available: onHand - reserved };
}
