import { Query, QueryHandler } from '@nestjs/cqrs';
import type { IQueryHandler } from '@nestjs/cqrs';

import { Timeline } from '../persistence/timeline.postgres.js';
import type { TimelineEntry } from '../projections/timeline.js';
import { OrderNotFoundError } from './order-not-found.error.js';

export class GetTimeline extends Query<readonly TimelineEntry[]> {
  constructor(readonly orderId: string) {
    super();
  }
}

/** @throws OrderNotFoundError: an order has entries from the moment it exists. */
@QueryHandler(GetTimeline)
export class GetTimelineHandler implements IQueryHandler<GetTimeline> {
  constructor(private readonly timeline: Timeline) {}

  async execute({ orderId }: GetTimeline): Promise<readonly TimelineEntry[]> {
    const entries = await this.timeline.of(orderId);
    if (entries.length === 0) throw new OrderNotFoundError(orderId);
    return entries;
  }
}
