import { Body, Controller, Get, HttpCode, Post, Query } from '@nestjs/common';
import { CommandBus, QueryBus } from '@nestjs/cqrs';
import { ApiBearerAuth, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { Transaction } from '@waybill/database';
import { ApiProblems, defineCursor, isUuid, ListQuery, pageOf } from '@waybill/http';
import type { OperatorBody, Page } from '@waybill/http';
import { Idempotent, recordAct, RequestTransaction } from '@waybill/idempotency';

import type { ErasedOrder, Erasure } from '../persistence/erasures.postgres.js';
import { EraseOrders } from '../use-cases/erase-orders.js';
import type { ErasureTarget, OrdersErased } from '../use-cases/erase-orders.js';
import { ListErasedOrders, ListErasures } from '../use-cases/list-erasures.js';
import { EraseCustomerBody, EraseOrdersBody } from './erase-orders.body.js';
import { ErasedOrderPageResponse, ErasurePageResponse, OrdersErasedResponse } from './erasure.response.js';
import { ListErasuresQuery } from './list-erasures.query.js';

const cursor = defineCursor<readonly [string]>(isUuid);
const PROBLEMS = {
  409: { ORDERS_IN_USE: 'Orders are under way, or letters of theirs are open; errors names them. Nothing was erased' },
  422: { AUDIT_NAMES_CUSTOMER: "who or why holds the customer's id, and is kept" },
};

/** Erasing what is kept of customers. The customer's id travels in a body, as URLs are logged on their way. */
@ApiTags('admin: erasures')
@ApiBearerAuth()
@Controller('admin/erasures')
export class ErasuresController {
  constructor(
    private readonly commands: CommandBus,
    private readonly queries: QueryBus,
  ) {}

  @Post()
  @HttpCode(200)
  @Idempotent()
  @ApiOperation({
    summary: "Forgets a customer: everything that tells who placed the customer's orders, in all services",
    description:
      'At most 200 orders at a time: ask again while any remain. The other services confirm afterwards. What topics hold goes with their retention. Repeatable.',
  })
  @ApiOkResponse({ type: OrdersErasedResponse })
  @ApiProblems(PROBLEMS)
  eraseCustomer(
    @Body() { customerId, who, why }: EraseCustomerBody,
    @RequestTransaction() tx: Transaction,
  ): Promise<OrdersErased> {
    return this.#erase({ customerId }, { who, why }, tx);
  }

  @Post('orders')
  @HttpCode(200)
  @Idempotent()
  @ApiOperation({ summary: 'Forgets who placed these orders, known here or not: once more, after a restore' })
  @ApiOkResponse({ type: OrdersErasedResponse })
  @ApiProblems({ 409: PROBLEMS[409] })
  eraseOrders(
    @Body() { orders, who, why }: EraseOrdersBody,
    @RequestTransaction() tx: Transaction,
  ): Promise<OrdersErased> {
    const orderIds = orders.map(({ orderId }) => orderId);
    return this.#erase({ orderIds }, { who, why }, tx);
  }

  @Get()
  @ApiOperation({ summary: 'Erasures, newest first, and who has still to confirm them' })
  @ApiOkResponse({ type: ErasurePageResponse })
  async list(@Query() { limit, cursor: given, pending }: ListErasuresQuery): Promise<Page<Erasure>> {
    const before = given === undefined ? undefined : cursor.decode(given)[0];
    const query = new ListErasures(limit + 1, pending === 'true', before);
    const erasures = await this.queries.execute(query);
    return pageOf(
      erasures,
      limit,
      (erasure) => erasure,
      ({ id }) => cursor.encode([id]),
    );
  }

  @Get('orders')
  @ApiOperation({ summary: 'Orders that were erased: the list to keep outside of what is restored' })
  @ApiOkResponse({ type: ErasedOrderPageResponse })
  async listOrders(@Query() { limit, cursor: given }: ListQuery): Promise<Page<ErasedOrder>> {
    const after = given === undefined ? undefined : cursor.decode(given)[0];
    const query = new ListErasedOrders(limit + 1, after);
    const orders = await this.queries.execute(query);
    return pageOf(
      orders,
      limit,
      (order) => order,
      ({ orderId }) => cursor.encode([orderId]),
    );
  }

  async #erase(target: ErasureTarget, { who, why }: OperatorBody, tx: Transaction): Promise<OrdersErased> {
    const done = await this.commands.execute(new EraseOrders(target, who, why, tx));
    const { erasureId: subject, orderIds } = done;
    if (orderIds.length > 0)
      recordAct(tx, { act: 'erasures.erase', who, why, subject, detail: { orders: orderIds.length } });
    return done;
  }
}
