import { Controller, Get, HttpException } from '@nestjs/common';
import { ApiBearerAuth, ApiExtension, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';

import { ConsumerLag } from '../nest/consumer-lag.js';
import type { TopicLag } from '../nest/consumer-lag.js';
import { TopicLagResponse } from './topics.response.js';

@ApiTags('admin: topics')
@ApiBearerAuth()
@Controller('admin/topics')
export class TopicsController {
  constructor(private readonly lag: ConsumerLag) {}

  @Get()
  @ApiOperation({ summary: 'What this service consumes, and how far it is behind' })
  @ApiOkResponse({ type: TopicLagResponse, isArray: true })
  @ApiExtension('x-problems', { 503: { BROKER_UNAVAILABLE: 'The broker does not answer' } })
  list(): Promise<readonly TopicLag[]> {
    return this.lag.topics().catch((cause: unknown) => {
      const detail = `The broker can't say: ${String(cause)}`;
      const problem = { type: 'about:blank', title: 'Service Unavailable', status: 503, code: 'BROKER_UNAVAILABLE' };
      throw new HttpException({ ...problem, detail }, 503, { cause });
    });
  }
}
