import { Controller, Get, HttpException, NotFoundException, Param } from '@nestjs/common';
import { ApiBearerAuth, ApiExtension, ApiOkResponse, ApiOperation, ApiParam, ApiTags } from '@nestjs/swagger';

import { ConsumerLag } from '../nest/consumer-lag.js';
import type { TopicLag } from '../nest/consumer-lag.js';
import { LaneLagResponse, TopicLagResponse } from './topics.response.js';

const BROKER_UNAVAILABLE = { 503: { BROKER_UNAVAILABLE: 'The broker does not answer' } };

@ApiTags('admin: topics')
@ApiBearerAuth()
@Controller('admin/topics')
export class TopicsController {
  constructor(private readonly lag: ConsumerLag) {}

  @Get()
  @ApiOperation({ summary: 'What this service consumes, and how far it is behind' })
  @ApiOkResponse({ type: TopicLagResponse, isArray: true })
  @ApiExtension('x-problems', BROKER_UNAVAILABLE)
  list(): Promise<readonly TopicLag[]> {
    return this.lag.topics().catch(brokerUnavailable);
  }

  @Get(':topic/lanes')
  @ApiParam({ name: 'topic', example: 'payment.commands' })
  @ApiOperation({ summary: 'How far this service is behind on each lane of a topic' })
  @ApiOkResponse({ type: LaneLagResponse, isArray: true })
  @ApiExtension('x-problems', {
    ...BROKER_UNAVAILABLE,
    404: { TOPIC_NOT_FOUND: 'This service consumes no such topic' },
  })
  async lanes(@Param('topic') topic: string): Promise<readonly LaneLagResponse[]> {
    const lanes = await this.lag.lanes().catch(brokerUnavailable);
    const own = lanes.filter((lane) => lane.topic === topic);
    if (own.length === 0) {
      throw new NotFoundException({ code: 'TOPIC_NOT_FOUND', detail: 'This service consumes no topic of this name.' });
    }
    return own.map(({ partition, messages, ageMs, first, next, end }) => ({
      partition,
      lagMessages: messages,
      lagSeconds: ageMs / 1_000,
      first,
      next: next ?? null,
      end,
    }));
  }
}

function brokerUnavailable(cause: unknown): never {
  const detail = `The broker can't say: ${String(cause)}`;
  const problem = { type: 'about:blank', title: 'Service Unavailable', status: 503, code: 'BROKER_UNAVAILABLE' };
  throw new HttpException({ ...problem, detail }, 503, { cause });
}
