import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';

const COUNT = { type: 'integer' } as const;

class ShardLeaseResponse {
  @ApiProperty(COUNT) shard: number;
  @ApiProperty({ type: String, nullable: true, example: 'order-7f3a' }) owner: string | null;
  @ApiProperty(COUNT) epoch: number;
  @ApiProperty({ format: 'date-time' }) expiresAt: string;
}

class BackoffResponse {
  @ApiProperty({ format: 'date-time' }) since: string;
  @ApiProperty({ example: 'The broker is away' }) error: string;
}

class TopicResponse {
  @ApiProperty({ example: 'payment.commands' }) topic: string;
  @ApiProperty({ ...COUNT, description: 'Counted up to 1000 a shard' }) unpublished: number;
  @ApiProperty(COUNT) oldestAgeSeconds: number;
  @ApiProperty({ type: [ShardLeaseResponse] }) leases: ShardLeaseResponse[];
  @ApiPropertyOptional({ type: BackoffResponse, description: 'Refused by the broker' }) backoff?: BackoffResponse;
}

class RefusedResponse {
  @ApiProperty({ format: 'uuid' }) id: string;
  @ApiProperty({ example: 'payment.commands' }) topic: string;
  @ApiProperty({ type: String, nullable: true, example: '0197d6a4-5c1e-7b3a-9c55-0a1b2c3d4e5f' }) key: string | null;
  @ApiProperty({ example: 'payment.process.v1' }) type: string;
  @ApiProperty({ example: 'The record is larger than the topic takes' }) reason: string;
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

export class OutboxMessageResponse {
  @ApiProperty({ format: 'uuid' }) id: string;
  @ApiProperty({ example: 'payment.commands' }) topic: string;
  @ApiProperty({ example: 'payment.process.v2' }) type: string;
  @ApiProperty({ type: String, nullable: true, example: '0197d6a4-5c1e-7b3a-9c55-0a1b2c3d4e5f' }) key: string | null;
  @ApiProperty({ example: '/order' }) source: string;
  @ApiProperty({ type: String, nullable: true, example: '0197d6a4-5c1e-7b3a-9c55-0a1b2c3d4e5f' }) subject:
    | string
    | null;
  @ApiProperty({ format: 'date-time' }) time: string;
  @ApiProperty({ example: '0197d6a4-5c1e-7b3a-9c55-0a1b2c3d4e60' }) correlationId: string;
  @ApiProperty({ type: String, nullable: true, example: '0197d6a4-5c1e-7b3a-9c55-0a1b2c3d4e61' }) causationId:
    | string
    | null;
  @ApiProperty({ type: String, nullable: true }) traceparent: string | null;
  @ApiProperty({ format: 'date-time', description: 'When the transaction that sends it began' }) createdAt: string;
  @ApiProperty({ type: String, format: 'date-time', nullable: true, description: 'null while it waits' }) publishedAt:
    | string
    | null;
  @ApiProperty({ description: 'Waits for an operator: the broker refuses it, or an earlier one of its key' })
  isSetAside: boolean;
  @ApiProperty(COUNT) bytes: number;
  @ApiProperty({
    type: 'object',
    additionalProperties: true,
    nullable: true,
    description: 'Personal fields are masked, unless it was revealed; null where it is too large to be shown',
    example: { orderId: '0197d6a4-5c1e-7b3a-9c55-0a1b2c3d4e5f', customerId: '***' },
  })
  data: unknown;
}

class WaitingMessageResponse {
  @ApiProperty({ format: 'uuid' }) id: string;
  @ApiProperty({ example: '42', description: 'Its place: that of the last of a page is the cursor of the next one' })
  seq: string;
  @ApiProperty({ example: 'payment.commands' }) topic: string;
  @ApiProperty({ example: 'payment.process.v2' }) type: string;
  @ApiProperty({ type: String, nullable: true, example: '0197d6a4-5c1e-7b3a-9c55-0a1b2c3d4e5f' }) key: string | null;
  @ApiProperty({ format: 'date-time', description: 'When the transaction that sends it began' }) createdAt: string;
  @ApiProperty(COUNT) bytes: number;
}

export class WaitingPageResponse {
  @ApiProperty({ type: [WaitingMessageResponse] }) items: WaitingMessageResponse[];
  @ApiProperty({ type: String, nullable: true }) nextCursor: string | null;
}

export class RevealResponse {
  @ApiProperty({ format: 'date-time' }) at: string;
  @ApiProperty({ example: 'ada' }) who: string;
  @ApiProperty({ example: 'which address was it, INC-7' }) why: string;
}

export class RefusalOutcomeResponse {
  @ApiProperty({ format: 'uuid' }) id: string;
  @ApiProperty({ enum: ['retried', 'discarded'] }) outcome: 'retried' | 'discarded';
}
