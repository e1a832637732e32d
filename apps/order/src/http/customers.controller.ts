import { Controller, Get, Headers, Param, Query, Res } from '@nestjs/common';
import { QueryBus } from '@nestjs/cqrs';
import { ApiHeader, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { ApiProblems, defineCursor, isTimeMs, isUuid, pageOf, preferWait, Shutdown } from '@waybill/http';
import type { Page } from '@waybill/http';
import { parseRfc3339 } from '@waybill/observability';
import type { Response } from 'express';

import type { CustomerOrder } from '../projections/customer-order.js';
import { ListCustomerOrders } from '../use-cases/list-customer-orders.js';
import type { SeenEvent } from '../use-cases/list-customer-orders.js';
import { CustomerOrderPageResponse } from './customer-order.response.js';
import { goneSignal } from './gone-signal.js';
import { CustomerParameters, ListCustomerOrdersQuery } from './list-customer-orders.query.js';
import { decodePosition, POSITION_HEADER } from './position.js';

const cursor = defineCursor<readonly [placedAt: number, orderId: string]>(isTimeMs, isUuid);
/** For what a client has just written: it is there within half a second, if nothing is wrong. */
const USUAL_WAIT_MS = 5_000;

@ApiTags('orders')
@Controller('customers')
export class CustomersController {
  constructor(
    private readonly queries: QueryBus,
    private readonly shutdown: Shutdown,
  ) {}

  @Get(':customerId/orders')
  @ApiOperation({
    summary: "A customer's orders, newest first",
    description:
      'Follows the orders by half a second. With the Waybill-Position that the answer to POST /orders had, it waits until that order is in the list: ' +
      'at most 5 seconds, or as long as Prefer: wait=N says (30 at most).',
  })
  @ApiHeader({
    name: POSITION_HEADER,
    required: false,
    description: 'What the list must show: the header of an earlier answer, as it was',
    example: '0197d6a4-5c1e-7b3a-9c55-0a1b2c3d4e5f.1',
  })
  @ApiHeader({
    name: 'Prefer',
    required: false,
    description: 'wait=N: how long to wait for that, in seconds, at most 30 (RFC 7240)',
    example: 'wait=10',
  })
  @ApiOkResponse({ type: CustomerOrderPageResponse })
  @ApiProblems({
    400: { INVALID_POSITION: `${POSITION_HEADER} is not one that this service has given out` },
    412: { POSITION_UNKNOWN: 'What it names has not happened here, as in a restored database: leave the header out' },
    503: { PROJECTION_BEHIND: 'The list does not show it yet: ask again after Retry-After' },
  })
  async list(
    @Param() { customerId }: CustomerParameters,
    @Query() query: ListCustomerOrdersQuery,
    @Headers(POSITION_HEADER.toLowerCase()) position: string | undefined,
    @Headers('prefer') prefer: string | undefined,
    @Res({ passthrough: true }) response: Response,
  ): Promise<Page<CustomerOrder>> {
    response.vary(`Prefer, ${POSITION_HEADER}`);
    const { status, since, until, limit } = query;
    const place = query.cursor === undefined ? undefined : cursor.decode(query.cursor);
    const filter = {
      customerId,
      status,
      since: since === undefined ? undefined : parseRfc3339(since),
      until: until === undefined ? undefined : parseRfc3339(until),
      before: place && { placedAt: new Date(place[0]), orderId: place[1] },
      limit: limit + 1,
    };
    const seen = position === undefined ? undefined : this.#seen(position, prefer, response);
    const listing = new ListCustomerOrders(filter, seen);
    const orders = await this.queries.execute(listing);
    return pageOf(
      orders,
      limit,
      (order) => order,
      ({ placedAt, orderId }) => cursor.encode([Date.parse(placedAt), orderId]),
    );
  }

  #seen(position: string, prefer: string | undefined, response: Response): SeenEvent {
    const { waitMs, applied } = preferWait(prefer) ?? { waitMs: USUAL_WAIT_MS, applied: undefined };
    if (applied !== undefined) response.setHeader('Preference-Applied', applied);
    return {
      ...decodePosition(position),
      waitMs,
      signal: AbortSignal.any([goneSignal(response), this.shutdown.signal]),
    };
  }
}
