import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';

const COUNT = { type: 'integer' } as const;

class ShardLeaseResponse {
  @ApiProperty(COUNT) shard: number;
  @ApiProperty({ type: String, nullable: true }) owner: string | null;
  @ApiProperty(COUNT) epoch: number;
  @ApiProperty({ format: 'date-time' }) expiresAt: string;
}

class BackoffResponse {
  @ApiProperty({ format: 'date-time' }) since: string;
  @ApiProperty() error: string;
}

class TopicResponse {
  @ApiProperty() topic: string;
  @ApiProperty({ ...COUNT, description: 'Counted up to 1000 a shard' }) unpublished: number;
  @ApiProperty(COUNT) oldestAgeSeconds: number;
  @ApiProperty({ type: [ShardLeaseResponse] }) leases: ShardLeaseResponse[];
  @ApiPropertyOptional({ type: BackoffResponse, description: 'Refused by the broker' }) backoff?: BackoffResponse;
}

class RefusedResponse {
  @ApiProperty({ format: 'uuid' }) id: string;
  @ApiProperty() topic: string;
  @ApiProperty({ type: String, nullable: true }) key: string | null;
  @ApiProperty() type: string;
  @ApiProperty() reason: string;
  @ApiProperty({ ...COUNT, description: 'More than one after a retry' }) refusals: number;
  @ApiProperty({ format: 'date-time' }) refusedAt: string;
  @ApiProperty({ ...COUNT, description: 'Later messages of its key; counted up to 1000' }) waitingBehind: number;
}

export class OutboxStateResponse {
  @ApiProperty(COUNT) unpublished: number;
  @ApiProperty(COUNT) oldestAgeSeconds: number;
  @ApiProperty({ type: [TopicResponse] }) topics: TopicResponse[];
  @ApiProperty({ type: [RefusedResponse], description: 'Refused for good; the oldest 200' }) refused: RefusedResponse[];
}

export class RefusalOutcomeResponse {
  @ApiProperty({ format: 'uuid' }) id: string;
  @ApiProperty({ enum: ['retried', 'discarded'] }) outcome: 'retried' | 'discarded';
}
