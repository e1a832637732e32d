import { Query, QueryHandler } from '@nestjs/cqrs';
import type { IQueryHandler } from '@nestjs/cqrs';
import { SagaOperator } from '@waybill/saga';
import type { SagaInstance, SagaStatus } from '@waybill/saga';

import { FULFIL_ORDER } from '../sagas/fulfil-order.saga.js';

export class ListSagas extends Query<readonly SagaInstance[]> {
  constructor(
    readonly limit: number,
    readonly status?: SagaStatus,
    /** Continues after this one. */
    readonly after?: { readonly createdAt: number; readonly id: string },
  ) {
    super();
  }
}

/** Fulfilments, newest first. */
@QueryHandler(ListSagas)
export class ListSagasHandler implements IQueryHandler<ListSagas> {
  constructor(private readonly operator: SagaOperator) {}

  execute({ limit, status, after }: ListSagas): Promise<readonly SagaInstance[]> {
    return this.operator.list({
      saga: FULFIL_ORDER,
      limit,
      ...(status === undefined ? {} : { status }),
      ...(after === undefined ? {} : { after }),
    });
  }
}
