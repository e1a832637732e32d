import { ApiProperty } from '@nestjs/swagger';

import type { ErasurePlace } from '../persistence/erasures.postgres.js';

export class OrdersErasedResponse {
  @ApiProperty({ format: 'uuid' }) erasureId: string;
  @ApiProperty({ type: [String], description: 'Orders that nobody can be found by any more' })
  orderIds: readonly string[];
  @ApiProperty({
    type: [String],
    description: 'Those of them that are not known here: erased in the other services alone',
  })
  unknownOrderIds: readonly string[];
  @ApiProperty({ type: 'integer', description: "The customer's orders that are left: ask again" }) remaining: number;
}

class PendingResponse {
  @ApiProperty({ type: 'integer' }) payment: number;
  @ApiProperty({ type: 'integer' }) shipping: number;
  @ApiProperty({ type: 'integer', description: 'Orders with payloads that may still be in the store' })
  payloads: number;
}

export class ErasureResponse {
  @ApiProperty({ format: 'uuid' }) id: string;
  @ApiProperty({ format: 'date-time' }) requestedAt: string;
  @ApiProperty({ example: 'ada' }) who: string;
  @ApiProperty({ example: 'request 4711' }) why: string;
  @ApiProperty({ type: 'integer' }) orders: number;
  @ApiProperty({ type: PendingResponse, description: 'How many of the orders each place has yet to confirm' })
  pending: PendingResponse;
}

export class ErasurePageResponse {
  @ApiProperty({ type: [ErasureResponse] }) items: ErasureResponse[];
  @ApiProperty({ type: String, nullable: true }) nextCursor: string | null;
}

export class ErasedOrderResponse {
  @ApiProperty({ format: 'uuid' }) orderId: string;
  @ApiProperty({ format: 'uuid' }) erasureId: string;
  @ApiProperty({ enum: ['payment', 'shipping', 'payloads'], isArray: true }) pending: readonly ErasurePlace[];
}

export class ErasedOrderPageResponse {
  @ApiProperty({ type: [ErasedOrderResponse] }) items: ErasedOrderResponse[];
  @ApiProperty({ type: String, nullable: true }) nextCursor: string | null;
}
