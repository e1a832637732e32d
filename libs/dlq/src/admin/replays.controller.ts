import { Body, Controller, Get, HttpCode, Param, ParseUUIDPipe, Post, Query, UseInterceptors } from '@nestjs/common';
import { ApiBearerAuth, ApiExtension, ApiOkResponse, ApiOperation, ApiParam, ApiTags } from '@nestjs/swagger';
import type { Transaction } from '@waybill/database';
import { Idempotent, RequestTransaction } from '@waybill/idempotency';

import { Discards } from '../discards.js';
import type { Discarded } from '../discards.js';
import { LetterEdits } from '../letter-edits.js';
import { recordLetterAct } from '../record-letter-act.js';
import { ReplayRuns } from '../replay-runs.js';
import type { ReplayedLetter, ReplayRunSummary } from '../replay-runs.js';
import { Replays } from '../replays.js';
import type { ReplayPreview, ReplayRun, TakenPage } from '../replays.js';
import { AnswerErrors } from './answer-errors.js';
import { filterOf } from './letter-filter.fields.js';
import { DiscardBody, EditBody, PreviewBody, ReplayBody } from './letters.body.js';
import { ReplayedQuery, RunsQuery } from './letters.query.js';
import {
  DiscardReportResponse,
  EditReportResponse,
  PreviewResponse,
  ReplayedLetterPageResponse,
  ReplayReportResponse,
  ReplayRunResponse,
  ReplayRunSummaryResponse,
} from './letters.response.js';
import { ReportOutcomes } from './report-outcomes.js';

/** What an operator does about them. Everything is audited; with the same Idempotency-Key it is done once. */
@ApiTags('admin: dead letters')
@ApiBearerAuth()
@UseInterceptors(AnswerErrors)
@Controller('admin/dead-letters')
export class ReplaysController {
  constructor(
    private readonly replays: Replays,
    private readonly runs: ReplayRuns,
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
  @ApiOperation({ summary: 'Runs letters again, oldest first, and waits for their outcomes; one key per page' })
  @ApiOkResponse({ type: ReplayReportResponse })
  @ApiExtension('x-problems', {
    404: { LETTER_NOT_FOUND: 'An id is unknown', REPLAY_RUN_NOT_FOUND: 'Unknown run' },
    409: { LETTER_SUPERSEDED: 'A later message has undone what a letter asks for' },
  })
  async replay(@Body() body: ReplayBody, @RequestTransaction() tx: Transaction): Promise<TakenPage> {
    const { limit, run, wait, who, why } = body;
    const filter = filterOf(body.filter);
    const options = { limit, waitMs: wait * 1_000, ...(run === undefined ? {} : { run: run.toLowerCase() }) };
    const page = await this.replays.takeIn(tx, filter, { who, why }, options);
    const letters = page.seqs.length;
    await recordLetterAct(tx, { act: 'dead-letters.replay', who, why, run: page.run, filter, letters });
    return page;
  }

  @Get('runs')
  @ApiOperation({ summary: 'Replay runs, newest first; letters of each outcome are counted up to 10,000' })
  @ApiOkResponse({ type: [ReplayRunSummaryResponse] })
  list(@Query() { limit }: RunsQuery): Promise<readonly ReplayRunSummary[]> {
    return this.runs.list(limit);
  }

  @Get('runs/:run/letters')
  @ApiParam({ name: 'run', format: 'uuid' })
  @ApiOperation({ summary: 'What became of each letter of a replay run' })
  @ApiOkResponse({ type: ReplayedLetterPageResponse })
  @ApiExtension('x-problems', { 404: { REPLAY_RUN_NOT_FOUND: 'Unknown run' } })
  async letters(
    @Param('run', ParseUUIDPipe) run: string,
    @Query() { limit, cursor, outcome }: ReplayedQuery,
  ): Promise<{ items: readonly ReplayedLetter[]; nextCursor: string | null }> {
    const found = await this.runs.letters(run, {
      limit: limit + 1,
      ...(cursor === undefined ? {} : { after: cursor }),
      ...(outcome === undefined ? {} : { outcome }),
    });
    if (found.length === 0) await this.replays.run(run); // a run that nobody knows isn't one without letters
    const items = found.slice(0, limit);
    return { items, nextCursor: found.length > limit ? (items.at(-1)?.id ?? null) : null };
  }

  @Get('runs/:run')
  @ApiParam({ name: 'run', format: 'uuid' })
  @ApiOperation({ summary: 'How far a replay run is' })
  @ApiOkResponse({ type: ReplayRunResponse })
  @ApiExtension('x-problems', { 404: { REPLAY_RUN_NOT_FOUND: 'Unknown run' } })
  run(@Param('run', ParseUUIDPipe) run: string): Promise<ReplayRun> {
    return this.replays.run(run);
  }

  @Post('discard')
  @HttpCode(200)
  @Idempotent()
  @ApiOperation({ summary: 'Gives letters up, oldest first; what is parked behind them runs' })
  @ApiOkResponse({ type: DiscardReportResponse })
  async discard(@Body() body: DiscardBody, @RequestTransaction() tx: Transaction): Promise<Discarded> {
    const { limit, who, why } = body;
    const { state = 'dead' } = body.filter;
    const filter = { ...filterOf(body.filter), state };
    const done = await this.discards.discardIn(tx, filter, { who, why }, limit);
    await recordLetterAct(tx, { act: 'dead-letters.discard', who, why, filter, letters: done.discarded });
    return done;
  }

  @Post(':id/edit')
  @ApiParam({ name: 'id', example: '42' })
  @HttpCode(200)
  @Idempotent()
  @ApiOperation({ summary: "Replaces a dead letter's payload by a new message in its place, and runs that" })
  @ApiOkResponse({ type: EditReportResponse })
  @ApiExtension('x-problems', {
    404: { LETTER_NOT_FOUND: 'Unknown letter' },
    409: { LETTER_NOT_DEAD: 'Only a dead letter can be edited' },
    422: {
      INVALID_PAYLOAD: 'The payload does not fit the contract, or the key; errors says where',
      LETTER_VERSION_CHANGES: 'The letter is of an older version, and `as` does not say that the edit is one of today',
      LETTER_VERSION_UNKNOWN: 'This service does not read that version',
      LETTER_WITHOUT_CONTRACT: 'Nothing here handles the message',
    },
  })
  async edit(
    @Param('id') id: string,
    @Body() { payload, as, who, why }: EditBody,
    @RequestTransaction() tx: Transaction,
  ): Promise<{ id: string; messageId: string }> {
    const messageId = await this.edits.editIn(tx, id, payload, { who, why }, as);
    await recordLetterAct(tx, { act: 'dead-letters.edit', who, why, filter: { ids: [id] }, letters: 1 });
    return { id, messageId };
  }
}
