import { ApiProperty } from '@nestjs/swagger';

export class PublishedCatalogueResponse {
  @ApiProperty({ type: 'integer', description: 'How many products were published' }) products: number;
}
