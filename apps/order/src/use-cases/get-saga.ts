import { Query, QueryHandler } from '@nestjs/cqrs';
import type { IQueryHandler } from '@nestjs/cqrs';
import { SagaStore } from '@waybill/saga';
import type { SagaInstance } from '@waybill/saga';

import { FULFIL_ORDER } from '../sagas/fulfil-order.saga.js';
import { OrderNotFoundError } from './order-not-found.error.js';

export class GetSaga extends Query<SagaInstance> {
  constructor(readonly orderId: string) {
    super();
  }
}

/** @throws OrderNotFoundError: an order has its saga from the moment it exists. */
@QueryHandler(GetSaga)
export class GetSagaHandler implements IQueryHandler<GetSaga> {
  constructor(private readonly sagas: SagaStore) {}

  async execute({ orderId }: GetSaga): Promise<SagaInstance> {
    const saga = await this.sagas.find(FULFIL_ORDER, orderId);
    if (!saga) throw new OrderNotFoundError(orderId);
    return saga;
  }
}
