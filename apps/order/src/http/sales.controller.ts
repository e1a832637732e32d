import { Controller, Get, Query } from '@nestjs/common';
import { QueryBus } from '@nestjs/cqrs';
import { ApiBearerAuth, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { defineCursor, isDay, pageOf } from '@waybill/http';
import type { Page } from '@waybill/http';

import type { DailySales } from '../projections/daily-sales.js';
import { ListDailySales } from '../use-cases/list-daily-sales.js';
import { DailySalesPageResponse } from './daily-sales.response.js';
import { ListSalesQuery } from './list-sales.query.js';

const isName = (value: unknown): value is string => typeof value === 'string' && value.length <= 1_000;
const cursor = defineCursor<readonly [day: string, sku: string, currency: string]>(isDay, isName, isName);

/** Figures of the business: for operators. */
@ApiTags('sales')
@ApiBearerAuth()
@Controller('sales')
export class SalesController {
  constructor(private readonly queries: QueryBus) {}

  @Get('daily')
  @ApiOperation({
    summary: 'What was sold by day and product, oldest day first',
    description:
      'A sale counts once its order is fulfilled, on that day of UTC by the clock of the database; nothing undoes it afterwards. ' +
      'Orders that are rejected or cancelled never count. Follows the orders by half a second.',
  })
  @ApiOkResponse({ type: DailySalesPageResponse })
  async daily(@Query() { since, until, sku, limit, cursor: given }: ListSalesQuery): Promise<Page<DailySales>> {
    const place = given === undefined ? undefined : cursor.decode(given);
    const after = place && { day: place[0], sku: place[1], currency: place[2] };
    const filter = { since, until, sku, after, limit: limit + 1 };
    const sales = await this.queries.execute(new ListDailySales(filter));
    return pageOf(
      sales,
      limit,
      (each) => each,
      ({ day, sku: product, currency }) => cursor.encode([day, product, currency]),
    );
  }
}
