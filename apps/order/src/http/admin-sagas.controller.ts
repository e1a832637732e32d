import { Body, Controller, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { CommandBus, QueryBus } from '@nestjs/cqrs';
import { ApiAcceptedResponse, ApiBearerAuth, ApiOkResponse, ApiOperation, ApiParam, ApiTags } from '@nestjs/swagger';
import type { Transaction } from '@waybill/database';
import { ApiProblems, defineCursor, isTimeMs, isUuid, OperatorBody, pageOf, UuidPipe } from '@waybill/http';
import type { Page } from '@waybill/http';
import { Idempotent, recordAct, RequestTransaction } from '@waybill/idempotency';
import type { OperatorAction } from '@waybill/saga';

import type { OrderView } from '../projections/order-view.js';
import type { TimelineEntry } from '../projections/timeline.js';
import { CancelOrder } from '../use-cases/cancel-order.js';
import { GetSaga } from '../use-cases/get-saga.js';
import { GetTimeline } from '../use-cases/get-timeline.js';
import { ListSagas } from '../use-cases/list-sagas.js';
import { OperateSaga } from '../use-cases/operate-saga.js';
import {
  AdminSagaDetailResponse,
  adminSagaDetailOf,
  adminSagaOf,
  AdminSagaPageResponse,
  AdminSagaResponse,
} from './admin-saga.response.js';
import { ListSagasQuery } from './list-sagas.query.js';
import { OTHER_RELEASE } from './order-problems.js';
import { OrderResponse, TimelineEntryResponse } from './order.response.js';

const cursor = defineCursor<readonly [createdAt: number, id: string]>(isTimeMs, isUuid);
const REFUSED = {
  404: { SAGA_NOT_FOUND: 'Unknown order' },
  409: { SAGA_ACTION_REFUSED: "The action doesn't fit the saga's state" },
  503: OTHER_RELEASE,
};

/** What an operator does about sagas that are stuck. */
@ApiTags('admin: sagas')
@ApiBearerAuth()
@Controller('admin/sagas')
export class AdminSagasController {
  constructor(
    private readonly commands: CommandBus,
    private readonly queries: QueryBus,
  ) {}

  @Get()
  @ApiOperation({ summary: 'Sagas, newest first' })
  @ApiOkResponse({ type: AdminSagaPageResponse })
  async list(@Query() { status, limit, cursor: given }: ListSagasQuery): Promise<Page<AdminSagaResponse>> {
    const place = given === undefined ? undefined : cursor.decode(given);
    const after = place && { createdAt: place[0], id: place[1] };
    const sagas = await this.queries.execute(new ListSagas(limit + 1, status, after));
    return pageOf(sagas, limit, adminSagaOf, ({ createdAt, id }) => cursor.encode([createdAt, id]));
  }

  @Get(':orderId')
  @ApiParam({ name: 'orderId', format: 'uuid' })
  @ApiOperation({ summary: 'One saga, with its steps, why it is undone, and what stays in place' })
  @ApiOkResponse({ type: AdminSagaDetailResponse })
  @ApiProblems({ 404: { ORDER_NOT_FOUND: 'Unknown order' } })
  async get(@Param('orderId', UuidPipe) orderId: string): Promise<AdminSagaDetailResponse> {
    return adminSagaDetailOf(await this.queries.execute(new GetSaga(orderId)));
  }

  @Get(':orderId/timeline')
  @ApiParam({ name: 'orderId', format: 'uuid' })
  @ApiOperation({ summary: "The order's timeline, with who operated on its saga and why" })
  @ApiOkResponse({ type: [TimelineEntryResponse] })
  @ApiProblems({ 404: { ORDER_NOT_FOUND: 'Unknown order' } })
  timeline(@Param('orderId', UuidPipe) orderId: string): Promise<readonly TimelineEntry[]> {
    return this.queries.execute(new GetTimeline(orderId));
  }

  @Post(':orderId/retry')
  @ApiParam({ name: 'orderId', format: 'uuid' })
  @HttpCode(200)
  @Idempotent()
  @ApiOperation({ summary: 'Sends the awaited command again, with all its attempts' })
  @ApiOkResponse({ type: AdminSagaResponse })
  @ApiProblems(REFUSED)
  retry(
    @Param('orderId', UuidPipe) orderId: string,
    @Body() operator: OperatorBody,
    @RequestTransaction() tx: Transaction,
  ): Promise<AdminSagaResponse> {
    return this.#operate(tx, 'retry', orderId, operator);
  }

  @Post(':orderId/skip')
  @ApiParam({ name: 'orderId', format: 'uuid' })
  @HttpCode(200)
  @Idempotent()
  @ApiOperation({ summary: "Leaves the stuck step's effect in place; the other steps are undone" })
  @ApiOkResponse({ type: AdminSagaResponse })
  @ApiProblems(REFUSED)
  skip(
    @Param('orderId', UuidPipe) orderId: string,
    @Body() operator: OperatorBody,
    @RequestTransaction() tx: Transaction,
  ): Promise<AdminSagaResponse> {
    return this.#operate(tx, 'skip', orderId, operator);
  }

  @Post(':orderId/force')
  @ApiParam({ name: 'orderId', format: 'uuid' })
  @HttpCode(200)
  @Idempotent()
  @ApiOperation({ summary: 'Vouches that the step was done, or undone, by hand; the saga continues' })
  @ApiOkResponse({ type: AdminSagaResponse })
  @ApiProblems(REFUSED)
  force(
    @Param('orderId', UuidPipe) orderId: string,
    @Body() operator: OperatorBody,
    @RequestTransaction() tx: Transaction,
  ): Promise<AdminSagaResponse> {
    return this.#operate(tx, 'force', orderId, operator);
  }

  @Post(':orderId/cancel')
  @ApiParam({ name: 'orderId', format: 'uuid' })
  @HttpCode(202)
  @Idempotent()
  @ApiOperation({
    summary: "Cancels an order that has not ended, in the customer's stead; the customer is shown the reason",
  })
  @ApiAcceptedResponse({ type: OrderResponse, description: 'It will never be fulfilled' })
  @ApiProblems({
    404: { ORDER_NOT_FOUND: 'Unknown order' },
    409: { ORDER_ENDED: 'The order has ended' },
    503: OTHER_RELEASE,
  })
  async cancel(
    @Param('orderId', UuidPipe) orderId: string,
    @Body() { who, why }: OperatorBody,
    @RequestTransaction() tx: Transaction,
  ): Promise<OrderView> {
    const order = await this.commands.execute(new CancelOrder(orderId, why, tx, who));
    recordAct(tx, { act: 'sagas.cancel', who, why, subject: orderId, key: orderId });
    return order;
  }

  async #operate(
    tx: Transaction,
    action: OperatorAction,
    id: string,
    { who, why }: OperatorBody,
  ): Promise<AdminSagaResponse> {
    const saga = await this.commands.execute(new OperateSaga(id, action, who, why, tx));
    recordAct(tx, { act: `sagas.${action}`, who, why, subject: id, key: id });
    return adminSagaOf(saga);
  }
}
