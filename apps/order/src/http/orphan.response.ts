import { ApiProperty } from '@nestjs/swagger';

export class OrphanResponse {
  @ApiProperty({ format: 'uuid' }) orderId: string;
  @ApiProperty({ type: 'integer', description: 'Dead letters that answer this order' }) letters: number;
  @ApiProperty({ type: [String], example: ['payment.charged.v1'] }) answers: readonly string[];
  @ApiProperty({ format: 'date-time' }) since: string;
}

export class OrphanPageResponse {
  @ApiProperty({ type: [OrphanResponse] }) items: OrphanResponse[];
  @ApiProperty({ type: String, nullable: true }) nextCursor: string | null;
}
