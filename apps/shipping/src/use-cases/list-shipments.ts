import { Injectable } from '@nestjs/common';
import { Database } from '@waybill/database';

import { ShipmentEntity } from '../persistence/shipment.entity.js';

/** The shipments of an order, newest first; none where the order isn't known here. */
@Injectable()
export class ListShipments {
  constructor(private readonly database: Database) {}

  ofOrder(orderId: string): Promise<ShipmentEntity[]> {
    const shipments = this.database.dataSource.getRepository(ShipmentEntity);
    return shipments.find({ where: { orderId }, order: { createdAt: 'DESC' } });
  }
}
