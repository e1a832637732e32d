import { Body, Controller, Get, HttpCode, Param, Post } from '@nestjs/common';
import { CommandBus, QueryBus } from '@nestjs/cqrs';
import { ApiAcceptedResponse, ApiBearerAuth, ApiOkResponse, ApiOperation, ApiProperty, ApiTags } from '@nestjs/swagger';
import type { Transaction } from '@waybill/database';
import { ApiProblems, ConflictError, IsText, OperatorBody } from '@waybill/http';
import { Idempotent, recordAct, RequestTransaction } from '@waybill/idempotency';

import { CancelRebuild } from '../use-cases/cancel-rebuild.js';
import { ListProjections } from '../use-cases/list-projections.js';
import { RebuildProjection } from '../use-cases/rebuild-projection.js';
import {
  projectionResponse,
  ProjectionResponse,
  RebuildBegunResponse,
  RebuildCancelledResponse,
} from './projection.response.js';

class ProjectionParameters {
  @ApiProperty({ maxLength: 40, example: 'customer-orders' })
  @IsText({ max: 40 })
  name: string;
}

const UNKNOWN = { PROJECTION_NOT_FOUND: 'Unknown projection' };

/** Tables that are made of events: how far they are behind, and making them again. */
@ApiTags('admin: projections')
@ApiBearerAuth()
@Controller('admin/projections')
export class AdminProjectionsController {
  constructor(
    private readonly commands: CommandBus,
    private readonly queries: QueryBus,
  ) {}

  @Get()
  @ApiOperation({ summary: 'Projections, how far they are behind, and their last rebuild' })
  @ApiOkResponse({ type: [ProjectionResponse] })
  async list(): Promise<readonly ProjectionResponse[]> {
    return (await this.queries.execute(new ListProjections())).map(projectionResponse);
  }

  @Post(':name/rebuild')
  @HttpCode(202)
  @Idempotent()
  @ApiOperation({
    summary: 'Has it made again from the first event on, beside the one in use, which it then takes the place of',
    description:
      'In the background: GET /admin/projections tells how far it is. Where a rebuild is under way, nothing new begins.',
  })
  @ApiAcceptedResponse({ type: RebuildBegunResponse })
  @ApiProblems({ 404: UNKNOWN, 409: { REBUILD_REFUSED: 'It can not be rebuilt as things are; detail says why' } })
  async rebuild(
    @Param() { name }: ProjectionParameters,
    @Body() { who, why }: OperatorBody,
    @RequestTransaction() tx: Transaction,
  ): Promise<RebuildBegunResponse> {
    const begun = await this.commands.execute(new RebuildProjection(name, who, why, tx));
    if (begun) recordAct(tx, { act: 'projections.rebuild', who, why, subject: name });
    return { name, begun };
  }

  @Post(':name/cancel')
  @HttpCode(200)
  @Idempotent()
  @ApiOperation({ summary: 'Ends the running rebuild; the tables in use stay as they are' })
  @ApiOkResponse({ type: RebuildCancelledResponse })
  @ApiProblems({ 404: UNKNOWN, 409: { NO_REBUILD_RUNNING: 'No rebuild of it is running' } })
  async cancel(
    @Param() { name }: ProjectionParameters,
    @Body() { who, why }: OperatorBody,
    @RequestTransaction() tx: Transaction,
  ): Promise<RebuildCancelledResponse> {
    if (!(await this.commands.execute(new CancelRebuild(name, tx)))) {
      throw new ConflictError('NO_REBUILD_RUNNING', `No rebuild of ${name} is running.`);
    }
    recordAct(tx, { act: 'projections.cancel', who, why, subject: name });
    return { name };
  }
}
