import { Body, Controller, Get, HttpCode, Param, ParseUUIDPipe, Post, UseInterceptors } from '@nestjs/common';
import { ApiBearerAuth, ApiHeader, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { Transaction } from '@waybill/database';
import { Idempotent, RequestTransaction } from '@waybill/idempotency';

import { Discards } from '../discards.js';
import type { Discarded } from '../discards.js';
import { LetterEdits } from '../letter-edits.js';
import { Replays } from '../replays.js';
import type { ReplayPreview, ReplayRun, TakenPage } from '../replays.js';
import { AnswerErrors } from './answer-errors.js';
import { filterOf } from './letter-filter.fields.js';
import { DiscardBody, EditBody, PreviewBody, ReplayBody } from './letters.body.js';
import {
  DiscardReportResponse,
  EditReportResponse,
  PreviewResponse,
  ReplayReportResponse,
  ReplayRunResponse,
} from './letters.response.js';
import { ReportOutcomes } from './report-outcomes.js';

const KEY = { name: 'Idempotency-Key', required: false, description: 'The same key again: done once, answered again' };

/** What an operator does about them. Everything is audited; with the same Idempotency-Key it is done once. */
@ApiTags('admin: dead letters')
@ApiBearerAuth()
@UseInterceptors(AnswerErrors)
@Controller('admin/dead-letters')
export class ReplaysController {
  constructor(
    private readonly replays: Replays,
    private readonly discards: Discards,
    private readonly edits: LetterEdits,
  ) {}

  @Post('preview')
  @HttpCode(200)
  @ApiOperation({ summary: 'What a replay would do; changes nothing' })
  @ApiOkResponse({ type: PreviewResponse })
  preview(@Body() { filter, limit }: PreviewBody): Promise<ReplayPreview> {
    return this.replays.preview(filterOf(filter), limit);
  }

  @Post('replay')
  @HttpCode(200)
  @Idempotent()
  @UseInterceptors(ReportOutcomes)
  @ApiHeader(KEY)
  @ApiOperation({ summary: 'Runs letters again, oldest first, and waits for their outcomes; one key per page' })
  @ApiOkResponse({ type: ReplayReportResponse })
  replay(@Body() body: ReplayBody, @RequestTransaction() tx: Transaction): Promise<TakenPage> {
    const { filter, limit, run, wait, who, why } = body;
    const options = { limit, waitMs: wait * 1_000, ...(run === undefined ? {} : { run: run.toLowerCase() }) };
    return this.replays.takeIn(tx, filterOf(filter), { who, why }, options);
  }

  @Get('runs/:run')
  @ApiOperation({ summary: 'How far a replay run is' })
  @ApiOkResponse({ type: ReplayRunResponse })
  run(@Param('run', ParseUUIDPipe) run: string): Promise<ReplayRun> {
    return this.replays.run(run);
  }

  @Post('discard')
  @HttpCode(200)
  @Idempotent()
  @ApiHeader(KEY)
  @ApiOperation({ summary: 'Gives letters up, oldest first; what is parked behind them runs' })
  @ApiOkResponse({ type: DiscardReportResponse })
  discard(@Body() { filter, limit, who, why }: DiscardBody, @RequestTransaction() tx: Transaction): Promise<Discarded> {
    const { state = 'dead' } = filter;
    return this.discards.discardIn(tx, { ...filterOf(filter), state }, { who, why }, limit);
  }

  @Post(':id/edit')
  @HttpCode(200)
  @Idempotent()
  @ApiHeader(KEY)
  @ApiOperation({ summary: "Replaces a dead letter's payload by a new message in its place, and runs that" })
  @ApiOkResponse({ type: EditReportResponse })
  async edit(
    @Param('id') id: string,
    @Body() { payload, who, why }: EditBody,
    @RequestTransaction() tx: Transaction,
  ): Promise<{ id: string; messageId: string }> {
    return { id, messageId: await this.edits.editIn(tx, id, payload, { who, why }) };
  }
}
