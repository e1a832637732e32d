import { Body, Controller, Get, HttpCode, HttpException, Param, Post } from '@nestjs/common';
import { ApiBearerAuth, ApiExtension, ApiOkResponse, ApiOperation, ApiParam, ApiTags } from '@nestjs/swagger';
import type { Transaction } from '@waybill/database';
import { LaneIssues, StillReadingAgain } from '@waybill/messaging';
import type { LaneIssue, LaneOperator } from '@waybill/messaging';

import { recordAct } from '../acts/record-act.js';
import { ActorBody } from '../http/actor.body.js';
import { Idempotent, RequestTransaction } from '../http/idempotent.decorator.js';
import { LaneIssueResponse, SettledIssueResponse } from './lanes.response.js';

@ApiTags('admin: lanes')
@ApiBearerAuth()
@Controller('admin/lanes')
export class LanesController {
  constructor(private readonly issues: LaneIssues) {}

  @Get()
  @ApiOperation({ summary: 'What is wrong with the lanes that this service consumes, until an operator settles it' })
  @ApiOkResponse({ type: LaneIssueResponse, isArray: true })
  async list(): Promise<readonly LaneIssueResponse[]> {
    const issues = await this.issues.list();
    return issues.map(({ foundAt, ...issue }) => ({ ...issue, foundAt: foundAt.toISOString() }));
  }

  @Post(':id/settle')
  @ApiParam({ name: 'id', example: '7' })
  @HttpCode(200)
  @Idempotent()
  @ApiExtension('x-problems', {
    404: { LANE_ISSUE_NOT_FOUND: 'No open issue has this id' },
    409: { STILL_READING_AGAIN: 'An older copy of the database has not read the lane again yet' },
  })
  @ApiOperation({ summary: 'Closes an issue. Records that nobody can read become a dead letter and are passed' })
  @ApiOkResponse({ type: SettledIssueResponse })
  async settle(
    @Param('id') id: string,
    @Body() { who, why }: ActorBody,
    @RequestTransaction() tx: Transaction,
  ): Promise<LaneIssue> {
    const issue = /^\d{1,18}$/.test(id) ? await this.#settle(tx, id, { who, why }) : undefined;
    if (issue !== undefined) {
      const { kind, topic, partition, first, next } = issue;
      recordAct(tx, { act: 'lanes.settle', who, why, subject: id, detail: { kind, topic, partition, first, next } });
      return issue;
    }
    const detail = `There is no open issue ${id}.`;
    throw new HttpException(
      { type: 'about:blank', title: 'Not Found', status: 404, code: 'LANE_ISSUE_NOT_FOUND', detail },
      404,
    );
  }

  async #settle(tx: Transaction, id: string, operator: LaneOperator): Promise<LaneIssue | undefined> {
    try {
      return await this.issues.settleIn(tx, id, operator);
    } catch (error) {
      if (!(error instanceof StillReadingAgain)) throw error;
      const { code, message } = error;
      const problem = { type: 'about:blank', title: 'Conflict', status: 409, code, detail: `${message}.` };
      throw new HttpException(problem, 409, { cause: error });
    }
  }
}
