import { Controller, Get, Res } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { Response } from 'express';

import { ApiProblems } from '../openapi/api-problems.js';
import { ProblemError } from '../problem/problem.errors.js';
import { PROBLEM_CONTENT_TYPE } from '../problem/problem.js';
import { HealthIndicators } from './health-indicators.js';
import { Shutdown } from './shutdown.js';

/** Live: the event loop turns; restart the process if not. Ready: send it work; take it out of rotation if not. */
@ApiTags('health')
@Controller('health')
export class HealthController {
  constructor(
    private readonly indicators: HealthIndicators,
    private readonly shutdown: Shutdown,
  ) {}

  @Get('live')
  @ApiOperation({ summary: 'Whether the process is alive' })
  @ApiOkResponse({ description: 'Alive', schema: { type: 'object', example: { status: 'ok' } } })
  live(): object {
    return { status: 'ok' };
  }

  @Get('ready')
  @ApiOperation({ summary: 'Whether the process can do its work, with the state of each thing it needs' })
  @ApiOkResponse({
    description: 'Ready',
    schema: { type: 'object', example: { status: 'ok', checks: { database: { ok: true } } } },
  })
  @ApiProblems({ 503: { NOT_READY: 'Not ready, or shutting down; checks has the state of each' } })
  async ready(@Res({ passthrough: true }) response: Response): Promise<object> {
    const checks = await this.indicators.check();
    const failing = Object.keys(checks).filter((name) => !checks[name]?.ok);
    if (failing.length === 0 && !this.shutdown.begun) return { status: 'ok', checks };
    const reason = this.shutdown.begun ? 'The service is shutting down.' : `Not ready: ${failing.join(', ')}.`;
    response.status(503).set('Content-Type', PROBLEM_CONTENT_TYPE);
    return { ...new ProblemError(503, 'NOT_READY', reason).problem, checks };
  }
}
