import { Query, QueryHandler } from '@nestjs/cqrs';
import type { IQueryHandler } from '@nestjs/cqrs';

import { Sales } from '../persistence/daily-sales.postgres.js';
import type { SalesFilter } from '../persistence/daily-sales.postgres.js';
import type { DailySales } from '../projections/daily-sales.js';

export class ListDailySales extends Query<readonly DailySales[]> {
  constructor(readonly filter: SalesFilter) {
    super();
  }
}

/** Oldest day first. */
@QueryHandler(ListDailySales)
export class ListDailySalesHandler implements IQueryHandler<ListDailySales> {
  constructor(private readonly sales: Sales) {}

  execute({ filter }: ListDailySales): Promise<readonly DailySales[]> {
    return this.sales.list(filter);
  }
}
