import { Column, Entity, PrimaryColumn } from 'typeorm';

import type { ShipmentStatus } from '../domain/shipment.js';

/** A shipment as queries read it. Written by the statements in `sql/`. */
@Entity('shipment')
export class ShipmentEntity {
  @PrimaryColumn('uuid')
  id: string;

  @Column('text', { name: 'order_id' })
  orderId: string;

  @Column('text')
  status: ShipmentStatus;

  @Column('timestamptz', { name: 'created_at' })
  createdAt: Date;
}
