import { Controller, Get } from '@nestjs/common';
import { ApiBearerAuth, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';

import { OutboxOverview } from './outbox-overview.js';
import type { OutboxOverviewState } from './outbox-overview.js';
import { OutboxStateSchema } from './outbox.responses.js';

@ApiTags('admin: outbox')
@ApiBearerAuth()
@Controller('admin/outbox')
export class OutboxController {
  constructor(private readonly overview: OutboxOverview) {}

  @Get()
  @ApiOperation({ summary: 'What waits to be published, by topic, the oldest first' })
  @ApiOkResponse({ type: OutboxStateSchema })
  read(): Promise<OutboxOverviewState> {
    return this.overview.read();
  }
}
