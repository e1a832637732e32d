import { Body, Controller, Get, HttpCode, Param, Post, Query, UseGuards } from '@nestjs/common';
import { CommandBus, QueryBus } from '@nestjs/cqrs';
import { ApiBearerAuth, ApiOkResponse, ApiOperation, ApiParam, ApiTags } from '@nestjs/swagger';
import type { Transaction } from '@waybill/database';
import { ApiProblems, defineCursor, isUuid, ListQuery, OperatorBody, pageOf, UuidPipe } from '@waybill/http';
import type { Page } from '@waybill/http';
import { Idempotent, recordAct, RequestTransaction } from '@waybill/idempotency';

import { ListOrphans } from '../use-cases/list-orphans.js';
import { RecoverOrder } from '../use-cases/recover-order.js';
import { AdminSagaResponse, adminSagaOf } from './admin-saga.response.js';
import { OrphanPageResponse, OrphanResponse } from './orphan.response.js';
import { RepliesReadGuard } from './replies-read.guard.js';

const isHash = (value: unknown): value is string => typeof value === 'string' && /^[0-9a-f]{64}$/.test(value);
const cursor = defineCursor<readonly [place: string]>(isHash);

/**
 * Orders that participants answer about and that this database doesn't know: those placed after the copy was taken that it was
 * restored from.
 */
@ApiTags('admin: orphaned orders')
@ApiBearerAuth()
@Controller('admin/orphans')
export class OrphansController {
  constructor(
    private readonly commands: CommandBus,
    private readonly queries: QueryBus,
  ) {}

  @Get()
  @ApiOperation({ summary: 'Orders that are unknown here although participants answer about them' })
  @ApiOkResponse({ type: OrphanPageResponse })
  async list(@Query() { limit, cursor: given }: ListQuery): Promise<Page<OrphanResponse>> {
    const after = given === undefined ? undefined : cursor.decode(given)[0];
    const orphans = await this.queries.execute(new ListOrphans(limit + 1, after));
    const { items, nextCursor } = pageOf(
      orphans,
      limit,
      ({ orderId, letters, answers, since }) => ({ orderId, letters, answers, since }),
      ({ place }) => cursor.encode([place]),
    );
    return { items: items.filter(({ orderId }) => isUuid(orderId)), nextCursor }; // nobody was given another id
  }

  @Post(':orderId/recover')
  @ApiParam({ name: 'orderId', format: 'uuid' })
  @HttpCode(200)
  @UseGuards(RepliesReadGuard)
  @Idempotent()
  @ApiOperation({
    summary: 'Makes the order again from its answers: fulfilled if it had been, else everything is undone and refunded',
  })
  @ApiOkResponse({ type: AdminSagaResponse })
  @ApiProblems({
    404: { NO_ORPHANED_REPLIES: 'No dead letter answers this order' },
    409: {
      SAGA_EXISTS: 'The order is known',
      REPLIES_UNREAD: 'The answers at the broker have not been read; the detail says what to wait for',
    },
  })
  async recover(
    @Param('orderId', UuidPipe) orderId: string,
    @Body() { who, why }: OperatorBody,
    @RequestTransaction() tx: Transaction,
  ): Promise<AdminSagaResponse> {
    const recovered = await this.commands.execute(new RecoverOrder(orderId, who, why, tx));
    recordAct(tx, { act: 'orders.recover', who, why, subject: orderId, key: orderId });
    return adminSagaOf(recovered);
  }
}
