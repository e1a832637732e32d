import { ApiProperty } from '@nestjs/swagger';

import { SHIPMENT_STATUSES } from '../domain/shipment.js';
import type { ShipmentStatus } from '../domain/shipment.js';
import type { ShipmentEntity } from '../persistence/shipment.entity.js';

export class ShipmentResponse {
  @ApiProperty({ format: 'uuid' })
  readonly id: string;

  @ApiProperty({ format: 'uuid' })
  readonly orderId: string;

  @ApiProperty({ enum: SHIPMENT_STATUSES })
  readonly status: ShipmentStatus;
}

export function toShipmentResponse({ id, orderId, status }: ShipmentEntity): ShipmentResponse {
  return { id, orderId, status };
}
