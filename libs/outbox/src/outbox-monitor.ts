import { Injectable, Optional } from '@nestjs/common';
import { Monitor } from '@waybill/observability';
import type { MonitorSource, Sample } from '@waybill/observability';

import { OutboxBacklog } from './outbox-backlog.js';

/** Says what waits to be published, and how long it has waited. */
@Injectable()
export class OutboxMonitor implements MonitorSource {
  readonly name = 'outbox';
  readonly gauges = [
    {
      name: 'waybill_outbox_unpublished',
      help: 'Rows that are not published yet, counted up to 1,000 a lane',
      labels: ['topic'],
    },
    { name: 'waybill_outbox_oldest_seconds', help: 'Age of the oldest of them', labels: ['topic'] },
  ];

  constructor(
    private readonly backlog: OutboxBacklog,
    @Optional() monitor?: Monitor,
  ) {
    monitor?.register(this);
  }

  async read(): Promise<readonly Sample[]> {
    return (await this.backlog.topics()).flatMap(({ topic, unpublished, oldestAgeSeconds }) => [
      { metric: 'waybill_outbox_unpublished', labels: { topic }, value: unpublished },
      { metric: 'waybill_outbox_oldest_seconds', labels: { topic }, value: oldestAgeSeconds },
    ]);
  }
}
