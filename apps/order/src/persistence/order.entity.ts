import { Column, Entity, PrimaryColumn } from 'typeorm';

import type { OrderLine } from '../domain/order.events.js';
import type { OrderStatus } from '../domain/order.js';
import type { OrderView } from '../projections/order-view.js';

/** The read model's row, for queries; it is written by the statements in sql/ alone. */
@Entity('order_view')
export class OrderEntity {
  @PrimaryColumn('uuid')
  id: string;

  @Column('text')
  status: OrderStatus;

  @Column('text', { name: 'customer_id' })
  customerId: string;

  @Column('json')
  items: OrderLine[];

  /** The driver gives bigint as text; amounts are held exactly by a number. */
  @Column('bigint', { name: 'total_amount', transformer: { from: Number, to: String } })
  totalAmount: number;

  @Column('text', { name: 'total_currency' })
  totalCurrency: string;

  @Column('timestamptz', { name: 'placed_at' })
  placedAt: Date;

  @Column('timestamptz', { name: 'updated_at' })
  updatedAt: Date;

  @Column('text', { name: 'failure_step', nullable: true })
  failureStep: string | null;

  @Column('text', { name: 'failure_code', nullable: true })
  failureCode: string | null;

  @Column('text', { name: 'failure_message', nullable: true })
  failureMessage: string | null;
}

export function viewOfEntity(entity: OrderEntity): OrderView {
  const { failureStep: step, failureCode: code, failureMessage: message } = entity;
  return {
    id: entity.id,
    status: entity.status,
    customerId: entity.customerId,
    items: entity.items,
    total: { amount: entity.totalAmount, currency: entity.totalCurrency },
    placedAt: entity.placedAt.toISOString(),
    updatedAt: entity.updatedAt.toISOString(),
    ...(step === null || code === null || message === null ? {} : { failure: { step, code, message } }),
  };
}
