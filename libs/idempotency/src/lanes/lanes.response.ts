import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import type { LaneIssueKind } from '@waybill/messaging';

export class SettledIssueResponse {
  @ApiProperty({ example: 'payment.commands' }) topic: string;
  @ApiProperty({ type: 'integer', description: '-1: the topic as a whole' }) partition: number;
  @ApiProperty({ enum: ['foreign', 'lost', 'replaced', 'rewound', 'skipped', 'topic-lost', 'unreadable'] })
  kind: LaneIssueKind;
  @ApiProperty({
    description: 'Position of the first record that it is about; means nothing of the topic as a whole',
    example: '41',
  })
  first: string;
  @ApiProperty({ description: 'Position behind the last of them; likewise', example: '42' }) next: string;
  @ApiProperty({ example: 'The batch can not be decompressed' }) reason: string;
  @ApiPropertyOptional({ format: 'uuid', description: 'Of foreign positions: the database that left them' })
  owner?: string;
}

export class LaneIssueResponse extends SettledIssueResponse {
  @ApiProperty({ example: '7' }) id: string;
  @ApiProperty({ format: 'date-time' }) foundAt: string;
}
