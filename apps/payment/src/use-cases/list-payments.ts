import { Injectable } from '@nestjs/common';
import { Database } from '@waybill/database';

import { PaymentEntity } from '../persistence/payment.entity.js';

/** The payments of an order, newest first; none where the order isn't known here. */
@Injectable()
export class ListPayments {
  constructor(private readonly database: Database) {}

  ofOrder(orderId: string): Promise<PaymentEntity[]> {
    const payments = this.database.dataSource.getRepository(PaymentEntity);
    return payments.find({ where: { orderId }, order: { createdAt: 'DESC' } });
  }
}
