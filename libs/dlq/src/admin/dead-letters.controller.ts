import { Body, Controller, Get, HttpCode, Param, Post, Query, UseInterceptors } from '@nestjs/common';
import { ApiBearerAuth, ApiExtension, ApiOkResponse, ApiOperation, ApiParam, ApiTags } from '@nestjs/swagger';
import { ActorBody } from '@waybill/idempotency';

import type { AuditedAction } from '../audited-action.js';
import { DeadLetters } from '../dead-letters.js';
import type { LetterGroup } from '../dead-letters.js';
import type { Letter, LetterSummary } from '../letter-views.js';
import { AnswerErrors } from './answer-errors.js';
import { filterOf, LetterFilterFields } from './letter-filter.fields.js';
import { LettersQuery } from './letters.query.js';
import {
  AuditedActionResponse,
  CountResponse,
  LetterGroupResponse,
  LetterPageResponse,
  LetterResponse,
} from './letters.response.js';

const UNKNOWN = { 404: { LETTER_NOT_FOUND: 'Unknown letter' } };

/** What an operator sees of the messages that this service couldn't handle. */
@ApiTags('admin: dead letters')
@ApiBearerAuth()
@UseInterceptors(AnswerErrors)
@Controller('admin/dead-letters')
export class DeadLettersController {
  constructor(private readonly letters: DeadLetters) {}

  @Get()
  @ApiOperation({ summary: 'Letters, newest first' })
  @ApiOkResponse({ type: LetterPageResponse })
  async list(@Query() query: LettersQuery): Promise<{ items: readonly LetterSummary[]; nextCursor: string | null }> {
    const { limit, cursor } = query;
    const page = { limit: limit + 1, ...(cursor === undefined ? {} : { before: cursor }) };
    const found = await this.letters.list(filterOf(query), page);
    const items = found.slice(0, limit);
    return { items, nextCursor: found.length > limit ? (items.at(-1)?.id ?? null) : null };
  }

  @Get('count')
  @ApiOperation({ summary: 'How many letters' })
  @ApiOkResponse({ type: CountResponse })
  async count(@Query() query: LetterFilterFields): Promise<{ count: number }> {
    return { count: (await this.letters.count(filterOf(query))).count };
  }

  @Get('groups')
  @ApiOperation({ summary: 'Letters by the way in which they failed, the largest group first' })
  @ApiOkResponse({ type: [LetterGroupResponse] })
  groups(@Query() query: LetterFilterFields): Promise<readonly LetterGroup[]> {
    return this.letters.groups(filterOf(query));
  }

  @Get(':id')
  @ApiParam({ name: 'id', example: '42' })
  @ApiOperation({ summary: 'A letter with its history; personal fields of the payload are masked' })
  @ApiOkResponse({ type: LetterResponse })
  @ApiExtension('x-problems', UNKNOWN)
  find(@Param('id') id: string): Promise<Letter> {
    return this.letters.find(id);
  }

  @Post(':id/reveal')
  @ApiParam({ name: 'id', example: '42' })
  @HttpCode(200)
  @ApiOperation({ summary: 'A letter with its true payload; audited' })
  @ApiOkResponse({ type: LetterResponse })
  @ApiExtension('x-problems', UNKNOWN)
  reveal(@Param('id') id: string, @Body() actor: ActorBody): Promise<Letter> {
    return this.letters.reveal(id, actor);
  }

  @Get(':id/audit')
  @ApiParam({ name: 'id', example: '42' })
  @ApiOperation({ summary: 'What people did to a letter, oldest first' })
  @ApiOkResponse({ type: [AuditedActionResponse] })
  @ApiExtension('x-problems', UNKNOWN)
  audit(@Param('id') id: string): Promise<readonly AuditedAction[]> {
    return this.letters.audit(id);
  }
}
