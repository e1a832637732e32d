import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';

const COUNT = { type: 'integer' } as const;

class LaneLeaseSchema {
  @ApiProperty(COUNT) lane: number;
  @ApiProperty({ type: String, nullable: true }) owner: string | null;
  @ApiProperty(COUNT) epoch: number;
  @ApiProperty({ format: 'date-time' }) expiresAt: string;
}

class BackoffSchema {
  @ApiProperty({ format: 'date-time' }) since: string;
  @ApiProperty() error: string;
}

class TopicSchema {
  @ApiProperty() topic: string;
  @ApiProperty({ ...COUNT, description: 'Counted up to 1000 a lane' }) unpublished: number;
  @ApiProperty(COUNT) oldestAgeSeconds: number;
  @ApiProperty({ type: [LaneLeaseSchema] }) leases: LaneLeaseSchema[];
  @ApiPropertyOptional({ type: BackoffSchema, description: 'Refused by the broker' }) backoff?: BackoffSchema;
}

export class OutboxStateSchema {
  @ApiProperty(COUNT) unpublished: number;
  @ApiProperty(COUNT) oldestAgeSeconds: number;
  @ApiProperty({ type: [TopicSchema] }) topics: TopicSchema[];
}
