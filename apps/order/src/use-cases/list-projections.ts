import { Query, QueryHandler } from '@nestjs/cqrs';
import type { IQueryHandler } from '@nestjs/cqrs';
import type { ProjectionState } from '@waybill/event-store';

import { OrderProjections } from '../persistence/order-projections.js';

export class ListProjections extends Query<readonly ProjectionState[]> {}

@QueryHandler(ListProjections)
export class ListProjectionsHandler implements IQueryHandler<ListProjections> {
  constructor(private readonly projections: OrderProjections) {}

  execute(): Promise<readonly ProjectionState[]> {
    return this.projections.list();
  }
}
