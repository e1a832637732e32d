import { Controller, Get, Inject, Query } from '@nestjs/common';
import { ApiBearerAuth, ApiOkResponse, ApiOperation, ApiProperty, ApiTags } from '@nestjs/swagger';

import { MONITOR_SETTINGS } from '../monitor/monitor.js';
import type { MonitorSettings } from '../monitor/monitor.js';
import { INCIDENT_STORE } from './incident-store.js';
import type { Incident, IncidentStore } from './incident-store.js';
import { IncidentsQuery } from './incidents.query.js';

class IncidentResponse {
  @ApiProperty({ format: 'uuid' }) id: string;
  @ApiProperty({ description: 'See docs/metrics.md', example: 'dead-letters' }) rule: string;
  @ApiProperty({ description: 'What it is about, by the labels of its metric', example: 'group=payment' })
  subject: string;
  @ApiProperty({ enum: ['warning', 'critical'] }) severity: string;
  @ApiProperty({ example: 'Dead letters wait for an operator' }) summary: string;
  @ApiProperty({ description: "Of the rule's metric, as last seen", example: 3 }) value: number;
  @ApiProperty({ description: 'At its worst', example: 7 }) peak: number;
  @ApiProperty({ description: 'What it may be at most', example: 0 }) threshold: number;
  @ApiProperty({ format: 'date-time' }) startedAt: string;
  @ApiProperty({ format: 'date-time', description: 'When a replica last found it so' }) seenAt: string;
  @ApiProperty({ type: String, format: 'date-time', nullable: true }) endedAt: string | null;
  @ApiProperty({
    type: String,
    format: 'date-time',
    nullable: true,
    description: 'Since when nobody could say whether it continued: until its end, or until now',
  })
  unconfirmedSince: string | null;
}

class IncidentPageResponse {
  @ApiProperty({ type: [IncidentResponse] }) items: IncidentResponse[];
  @ApiProperty({ type: String, nullable: true }) nextCursor: string | null;
}

@ApiTags('admin: incidents')
@ApiBearerAuth()
@Controller('admin/incidents')
export class IncidentsController {
  constructor(
    @Inject(INCIDENT_STORE) private readonly incidents: IncidentStore,
    @Inject(MONITOR_SETTINGS) private readonly settings: MonitorSettings,
  ) {}

  @Get()
  @ApiOperation({ summary: 'What the service alerted about, the latest to begin first; kept for 30 days' })
  @ApiOkResponse({ type: IncidentPageResponse })
  async list(@Query() { state, severity, since, limit, cursor }: IncidentsQuery): Promise<IncidentPageResponse> {
    const found = await this.incidents.list({ state, severity, since, before: cursor, limit: limit + 1 });
    const items = found.slice(0, limit);
    const nextCursor = found.length > limit ? (items.at(-1)?.id ?? null) : null;
    return { items: items.map((incident) => this.#responseOf(incident)), nextCursor };
  }

  /** One ends, or is reported again, within the time after which it ends and an interval; whatever takes longer was a time without measuring. */
  #responseOf({ startedAt, seenAt, endedAt, unseenMs, ...incident }: Incident): IncidentResponse {
    const isUnconfirmed = unseenMs > 2 * this.settings.resolveAfterMs;
    return {
      ...incident,
      startedAt: startedAt.toISOString(),
      seenAt: seenAt.toISOString(),
      endedAt: endedAt?.toISOString() ?? null,
      unconfirmedSince: isUnconfirmed ? seenAt.toISOString() : null,
    };
  }
}
