import { Injectable, Optional } from '@nestjs/common';
import { Monitor } from '@waybill/observability';
import type { MonitorSource, Sample } from '@waybill/observability';

import { OutboxBacklog } from './outbox-backlog.js';
import { RefusedRows } from './refused-rows.js';

/** An alert names each row and key; few enough that no metrics store overflows. */
const MOST_NAMED = 20;

/** Says what waits to be published, and how long it has waited. */
@Injectable()
export class OutboxMonitor implements MonitorSource {
  readonly name = 'outbox';
  readonly gauges = [
    {
      name: 'waybill_outbox_unpublished',
      help: 'Rows that are not published yet, counted up to 1,000 a shard',
      labels: ['topic'],
    },
    {
      name: 'waybill_outbox_refused',
      help: 'Messages that the broker refuses for good; 1 for each of the oldest 20',
      labels: ['topic', 'key', 'message'],
    },
    { name: 'waybill_outbox_oldest_seconds', help: 'Age of the oldest of them', labels: ['topic'] },
  ];

  constructor(
    private readonly backlog: OutboxBacklog,
    private readonly refused: RefusedRows,
    @Optional() monitor?: Monitor,
  ) {
    monitor?.register(this);
  }

  async read(): Promise<readonly Sample[]> {
    const [topics, refused] = await Promise.all([this.backlog.topics(), this.refused.list(MOST_NAMED)]);
    const named = refused.map(({ topic, key, id }) => ({
      metric: 'waybill_outbox_refused',
      labels: { topic, key: key ?? '', message: id },
      value: 1,
    }));
    const waiting = topics.flatMap(({ topic, unpublished, oldestAgeSeconds }) => [
      { metric: 'waybill_outbox_unpublished', labels: { topic }, value: unpublished },
      { metric: 'waybill_outbox_oldest_seconds', labels: { topic }, value: oldestAgeSeconds },
    ]);
    return [...waiting, ...named];
  }
}
