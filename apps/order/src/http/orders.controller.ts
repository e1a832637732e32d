import { Body, Controller, Get, Headers, HttpCode, Param, Post, Query, Res, UseInterceptors } from '@nestjs/common';
import { CommandBus, QueryBus } from '@nestjs/cqrs';
import {
  ApiAcceptedResponse,
  ApiCreatedResponse,
  ApiHeader,
  ApiOkResponse,
  ApiOperation,
  ApiParam,
  ApiTags,
} from '@nestjs/swagger';
import type { Transaction } from '@waybill/database';
import { ApiProblems, defineCursor, isUuid, pageOf, preferWait, UuidPipe } from '@waybill/http';
import type { Page } from '@waybill/http';
import { Idempotent, RequestTransaction } from '@waybill/idempotency';
import { parseRfc3339 } from '@waybill/observability';
import type { Request, Response } from 'express';

import type { OrderView } from '../projections/order-view.js';
import { withoutOperator } from '../projections/timeline.js';
import type { TimelineEntry } from '../projections/timeline.js';
import { AwaitOrder } from '../use-cases/await-order.js';
import { CancelOrder } from '../use-cases/cancel-order.js';
import { GetOrder } from '../use-cases/get-order.js';
import { GetTimeline } from '../use-cases/get-timeline.js';
import { ListOrders } from '../use-cases/list-orders.js';
import { PlaceOrder } from '../use-cases/place-order.js';
import { AwaitEndInterceptor } from './await-end.interceptor.js';
import { CancelOrderBody } from './cancel-order.body.js';
import { goneSignal } from './gone-signal.js';
import { ListOrdersQuery } from './list-orders.query.js';
import { OTHER_RELEASE } from './order-problems.js';
import { OrderPageResponse, OrderResponse, TimelineEntryResponse } from './order.response.js';
import { PlaceOrderBody } from './place-order.body.js';
import { encodePosition, PLACED_VERSION, POSITION_HEADER } from './position.js';

/** Orders are listed by their ids, which are in order of placing. */
const cursor = defineCursor<readonly [string]>(isUuid);

const PREFER_WAIT = {
  name: 'Prefer',
  required: false,
  description: 'wait=N, in seconds, at most 30 (RFC 7240)',
  example: 'wait=10',
};
const PREFERENCE_APPLIED = {
  description: 'The wait that was granted; missing where none was asked for, or too many clients wait',
  schema: { type: 'string' as const, example: 'wait=10' },
};

@ApiTags('orders')
@Controller('orders')
export class OrdersController {
  constructor(
    private readonly commands: CommandBus,
    private readonly queries: QueryBus,
  ) {}

  @Post()
  @Idempotent({ scope: customerOf, sharesTransaction: true })
  @UseInterceptors(AwaitEndInterceptor) // below @Idempotent, so around it: nobody waits within the transaction
  @ApiOperation({
    summary: 'Place an order; prices and totals come from the catalogue',
    description:
      'With Prefer: wait=N the answer comes once the order has ended, at the latest after N seconds, with the order as it then is. ' +
      'The order is placed before the waiting begins: who loses the connection asks again with the same Idempotency-Key, and waits again. ' +
      'The same key again places nothing: it gets the first answer, the order as placed; with Prefer: wait, the same order as it is after the wait.',
  })
  @ApiHeader(PREFER_WAIT)
  @ApiCreatedResponse({
    type: OrderResponse,
    description: 'Accepted; Location names the order',
    headers: {
      'Preference-Applied': PREFERENCE_APPLIED,
      [POSITION_HEADER]: {
        description: 'Sent with GET /customers/{customerId}/orders, it makes sure that the list shows this order',
        schema: { type: 'string', example: '0197d6a4-5c1e-7b3a-9c55-0a1b2c3d4e5f.1' },
      },
    },
  })
  @ApiProblems({
    422: {
      UNKNOWN_SKU: 'errors names the items that are not in the catalogue',
      AMOUNT_TOO_LARGE: 'The total is more than can be counted',
      CURRENCY_MISMATCH: 'The products have prices in different currencies',
    },
  })
  async place(
    @Body() body: PlaceOrderBody,
    @RequestTransaction() tx: Transaction,
    @Res({ passthrough: true }) response: Response,
  ): Promise<OrderView> {
    const order = await this.commands.execute(new PlaceOrder(body, tx));
    response.setHeader('Location', `/orders/${order.id}`);
    response.setHeader(POSITION_HEADER, encodePosition({ orderId: order.id, version: PLACED_VERSION }));
    return order;
  }

  @Get()
  @ApiOperation({ summary: 'Orders, newest first' })
  @ApiOkResponse({ type: OrderPageResponse })
  async list(@Query() query: ListOrdersQuery): Promise<Page<OrderView>> {
    const { customerId, status, placedSince, placedUntil, limit } = query;
    const before = query.cursor === undefined ? undefined : cursor.decode(query.cursor)[0];
    const orders = await this.queries.execute(
      new ListOrders({
        customerId,
        status,
        placedSince: momentOf(placedSince),
        placedUntil: momentOf(placedUntil),
        limit: limit + 1,
        before,
      }),
    );
    return pageOf(
      orders,
      limit,
      (order) => order,
      ({ id }) => cursor.encode([id]),
    );
  }

  @Get(':id')
  @ApiParam({ name: 'id', format: 'uuid' })
  @ApiOperation({ summary: 'One order; with Prefer: wait=N as soon as it has ended, at the latest after N seconds' })
  @ApiHeader(PREFER_WAIT)
  @ApiOkResponse({ type: OrderResponse, headers: { 'Preference-Applied': PREFERENCE_APPLIED } })
  @ApiProblems({
    404: { ORDER_NOT_FOUND: 'Unknown order' },
    503: { WAIT_ENDED: 'The service stops, and had not read the order yet: ask again after Retry-After' },
  })
  async get(
    @Param('id', UuidPipe) id: string,
    @Headers('prefer') prefer: string | undefined,
    @Res({ passthrough: true }) response: Response,
  ): Promise<OrderView> {
    response.vary('Prefer');
    const preference = preferWait(prefer);
    if (!preference) return this.queries.execute(new GetOrder(id));
    const query = new AwaitOrder(id, preference.waitMs, goneSignal(response));
    const { order, waited } = await this.queries.execute(query);
    if (waited) response.setHeader('Preference-Applied', preference.applied);
    return order;
  }

  @Post(':id/cancel')
  @ApiParam({ name: 'id', format: 'uuid' })
  @HttpCode(202)
  @Idempotent()
  @ApiOperation({ summary: 'Cancel an order that has not ended; it is CANCELLED once everything is undone' })
  @ApiAcceptedResponse({ type: OrderResponse, description: 'It will never be fulfilled' })
  @ApiProblems({
    404: { ORDER_NOT_FOUND: 'Unknown order' },
    409: { ORDER_ENDED: 'The order has ended' },
    503: OTHER_RELEASE,
  })
  cancel(
    @Param('id', UuidPipe) id: string,
    @Body() { reason }: CancelOrderBody,
    @RequestTransaction() tx: Transaction,
  ): Promise<OrderView> {
    return this.commands.execute(new CancelOrder(id, reason, tx));
  }

  @Get(':id/timeline')
  @ApiParam({ name: 'id', format: 'uuid' })
  @ApiOperation({ summary: 'What happened to an order, in all services' })
  @ApiOkResponse({ type: [TimelineEntryResponse] })
  @ApiProblems({ 404: { ORDER_NOT_FOUND: 'Unknown order' } })
  async timeline(@Param('id', UuidPipe) id: string): Promise<readonly TimelineEntry[]> {
    const entries = await this.queries.execute(new GetTimeline(id));
    return entries.map(withoutOperator);
  }
}

/** Whose Idempotency-Key it is; asked before the body has been checked. */
function customerOf({ body }: Request): unknown {
  const unchecked: unknown = body;
  return typeof unchecked === 'object' && unchecked !== null && 'customerId' in unchecked
    ? unchecked.customerId
    : undefined;
}

/** It has been checked. */
function momentOf(text: string | undefined): Date | undefined {
  return text === undefined ? undefined : parseRfc3339(text);
}
