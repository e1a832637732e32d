import { Controller, Get } from '@nestjs/common';
import { ApiBearerAuth, ApiOkResponse, ApiOperation, ApiProperty, ApiTags } from '@nestjs/swagger';

import type { Sample } from './monitor-source.js';
import { Monitor } from './monitor.js';
import type { Overview } from './monitor.js';

class SampleResponse implements Sample {
  @ApiProperty({ example: 'waybill_dead_letters' }) metric: string;
  @ApiProperty({ type: 'object', additionalProperties: { type: 'string' }, example: { group: 'payment' } })
  labels: Record<string, string>;
  @ApiProperty({ example: 3 }) value: number;
}

class OverviewResponse implements Overview {
  @ApiProperty({ example: 'payment' }) service: string;
  @ApiProperty({ format: 'date-time' }) at: string;
  @ApiProperty({ type: [SampleResponse], description: 'See docs/metrics.md' }) samples: SampleResponse[];
  @ApiProperty({ type: [String], description: "What could not be read: what it says of isn't known", example: ['lag'] })
  unavailable: string[];
}

@ApiTags('metrics')
@ApiBearerAuth()
@Controller('admin/overview')
export class OverviewController {
  constructor(private readonly monitor: Monitor) {}

  @Get()
  @ApiOperation({ summary: 'What the service measures, read now; asked more than once a second, it answers the same' })
  @ApiOkResponse({ type: OverviewResponse })
  read(): Promise<Overview> {
    return this.monitor.look();
  }
}
