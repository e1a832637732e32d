import { Body, Controller, Get, HttpCode, NotFoundException, Param, ParseUUIDPipe, Post, Query } from '@nestjs/common';
import { ApiBearerAuth, ApiExtension, ApiOkResponse, ApiOperation, ApiParam, ApiTags } from '@nestjs/swagger';
import type { Transaction } from '@waybill/database';
import { ActorBody, Idempotent, recordAct, RequestTransaction } from '@waybill/idempotency';

import { MessageNotFoundError, RefusedRowNotFoundError } from '../outbox.errors.js';
import { RefusedRows } from '../refused-rows.js';
import { MessagesQuery, WaitingQuery } from './messages.query.js';
import { OutboxMessages } from './outbox-messages.js';
import type { OutboxMessage, Reveal, WaitingMessage } from './outbox-messages.js';
import { OutboxOverview } from './outbox-overview.js';
import type { OutboxOverviewState } from './outbox-overview.js';
import {
  OutboxMessageResponse,
  OutboxStateResponse,
  RefusalOutcomeResponse,
  RevealResponse,
  WaitingPageResponse,
} from './outbox.response.js';

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

  @Get('waiting')
  @ApiOperation({ summary: 'Messages of a topic that wait to be published, the oldest first' })
  @ApiOkResponse({ type: WaitingPageResponse })
  async waiting(
    @Query() { topic, limit, cursor = '0' }: WaitingQuery,
  ): Promise<{ items: readonly WaitingMessage[]; nextCursor: string | null }> {
    const found = await this.messages.waiting(topic, limit + 1, cursor);
    const items = found.slice(0, limit);
    return { items, nextCursor: found.length > limit ? (items.at(-1)?.seq ?? null) : null };
  }

  @Post('messages/:id/reveal')
  @ApiParam({ name: 'id', format: 'uuid' })
  @HttpCode(200)
  @ApiOperation({ summary: 'A message with its true data; audited' })
  @ApiOkResponse({ type: OutboxMessageResponse })
  @ApiExtension('x-problems', { 404: { MESSAGE_NOT_FOUND: 'The outbox has no such message, or has no more' } })
  async reveal(@Param('id', ParseUUIDPipe) id: string, @Body() { who: by, why }: ActorBody): Promise<OutboxMessage> {
    try {
      return await this.messages.reveal(id, { by, why });
    } catch (error) {
      if (!(error instanceof MessageNotFoundError)) throw error;
      throw new NotFoundException({ code: error.code, detail: error.message }, { cause: error });
    }
  }

  @Get('messages/:id/audit')
  @ApiParam({ name: 'id', format: 'uuid' })
  @ApiOperation({ summary: 'Who was shown the true data of a message, the earliest first' })
  @ApiOkResponse({ type: [RevealResponse] })
  audit(@Param('id', ParseUUIDPipe) id: string): Promise<readonly Reveal[]> {
    return this.messages.reveals(id);
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
    { who, why }: ActorBody,
  ): Promise<RefusalOutcomeResponse> {
    try {
      const decision = { by: who, why };
      const isRetry = outcome === 'retried';
      const { topic, type, key } = await (isRetry
        ? this.refused.retry(tx, id, decision)
        : this.refused.discard(tx, id, decision));
      const act = isRetry ? 'outbox.retry' : 'outbox.discard';
      recordAct(tx, { act, who, why, subject: id, key: key ?? undefined, detail: { topic, type } });
      return { id, outcome };
    } catch (error) {
      if (!(error instanceof RefusedRowNotFoundError)) throw error;
      throw new NotFoundException({ code: error.code, detail: error.message }, { cause: error });
    }
  }
}
