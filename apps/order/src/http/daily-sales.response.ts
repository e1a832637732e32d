import { ApiProperty } from '@nestjs/swagger';

export class DailySalesResponse {
  @ApiProperty({ format: 'date', example: '2026-11-30' })
  day: string;

  @ApiProperty({ example: 'SKU-MUG-BLUE' })
  sku: string;

  @ApiProperty({ example: 'EUR' })
  currency: string;

  @ApiProperty({ type: 'integer', description: 'Orders that hold it', example: 12 })
  orders: number;

  @ApiProperty({ type: 'integer', example: 20 })
  units: number;

  @ApiProperty({ type: 'integer', description: 'Minor units of the currency', example: 25000 })
  amount: number;
}

export class DailySalesPageResponse {
  @ApiProperty({ type: [DailySalesResponse] })
  items: DailySalesResponse[];

  @ApiProperty({ type: String, nullable: true })
  nextCursor: string | null;
}
