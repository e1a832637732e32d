import { Body, Controller, Get, HttpCode, NotFoundException, Param, ParseUUIDPipe, Post, Query } from '@nestjs/common';
import { ApiBearerAuth, ApiExtension, ApiOkResponse, ApiOperation, ApiParam, ApiTags } from '@nestjs/swagger';
import type { Transaction } from '@waybill/database';
import { ActorBody, Idempotent, RequestTransaction } from '@waybill/idempotency';

import { RefusedRowNotFoundError } from '../outbox.errors.js';
import { RefusedRows } from '../refused-rows.js';
import { MessagesQuery } from './messages.query.js';
import { OutboxMessages } from './outbox-messages.js';
import type { OutboxMessage } from './outbox-messages.js';
import { OutboxOverview } from './outbox-overview.js';
import type { OutboxOverviewState } from './outbox-overview.js';
import { OutboxMessageResponse, OutboxStateResponse, RefusalOutcomeResponse } from './outbox.response.js';

const NOT_WAITING = { 404: { REFUSED_MESSAGE_NOT_FOUND: 'No message of this id waits because the broker refused it' } };

@ApiTags('admin: outbox')
@ApiBearerAuth()
@Controller('admin/outbox')
export class OutboxController {
  constructor(
    private readonly messages: OutboxMessages,
    private readonly overview: OutboxOverview,
    private readonly refused: RefusedRows,
  ) {}

  @Get()
  @ApiOperation({
    summary: 'What waits to be published, by topic, the oldest first, and what the broker refuses for good',
  })
  @ApiOkResponse({ type: OutboxStateResponse })
  read(): Promise<OutboxOverviewState> {
    return this.overview.read();
  }

  @Get('messages')
  @ApiOperation({
    summary: 'Messages that this service sends, by id, and what waits of a key; personal fields are masked',
  })
  @ApiOkResponse({ type: [OutboxMessageResponse] })
  find(@Query() { ids = [], key }: MessagesQuery): Promise<readonly OutboxMessage[]> {
    return this.messages.find(ids, key);
  }

  @Post('refused/:id/retry')
  @ApiParam({ name: 'id', format: 'uuid' })
  @HttpCode(200)
  @Idempotent()
  @ApiOperation({ summary: 'Sends a refused message again, and what waits behind it, in order' })
  @ApiOkResponse({ type: RefusalOutcomeResponse })
  @ApiExtension('x-problems', NOT_WAITING)
  retry(
    @Param('id', ParseUUIDPipe) id: string,
    @Body() body: ActorBody,
    @RequestTransaction() tx: Transaction,
  ): Promise<RefusalOutcomeResponse> {
    return this.#decide(tx, id, 'retried', body);
  }

  @Post('refused/:id/discard')
  @ApiParam({ name: 'id', format: 'uuid' })
  @HttpCode(200)
  @Idempotent()
  @ApiOperation({ summary: 'Never sends a refused message; what waits behind it is sent' })
  @ApiOkResponse({ type: RefusalOutcomeResponse })
  @ApiExtension('x-problems', NOT_WAITING)
  discard(
    @Param('id', ParseUUIDPipe) id: string,
    @Body() body: ActorBody,
    @RequestTransaction() tx: Transaction,
  ): Promise<RefusalOutcomeResponse> {
    return this.#decide(tx, id, 'discarded', body);
  }

  async #decide(
    tx: Transaction,
    id: string,
    outcome: RefusalOutcomeResponse['outcome'],
    { who: by, why }: ActorBody,
  ): Promise<RefusalOutcomeResponse> {
    try {
      await (outcome === 'retried'
        ? this.refused.retry(tx, id, { by, why })
        : this.refused.discard(tx, id, { by, why }));
      return { id, outcome };
    } catch (error) {
      if (!(error instanceof RefusedRowNotFoundError)) throw error;
      throw new NotFoundException({ code: error.code, detail: error.message }, { cause: error });
    }
  }
}
