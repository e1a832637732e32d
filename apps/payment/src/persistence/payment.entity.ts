import { Column, Entity, PrimaryColumn } from 'typeorm';

import type { PaymentStatus } from '../domain/payment.js';

/** A payment as queries read it. Written by the statements in `sql/`. */
@Entity('payment')
export class PaymentEntity {
  @PrimaryColumn('uuid')
  id: string;

  @Column('text', { name: 'order_id' })
  orderId: string;

  @Column('text')
  status: PaymentStatus;

  /** Minor units; within 2^53, as the contract says. */
  @Column('bigint', { transformer: { from: Number, to: (value: number) => value } })
  amount: number;

  @Column('text')
  currency: string;

  @Column('timestamptz', { name: 'created_at' })
  createdAt: Date;
}
