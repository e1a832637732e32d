import { Inject, Injectable, Optional } from '@nestjs/common';
import { Monitor } from '@waybill/observability';
import type { MonitorSource, Sample } from '@waybill/observability';

import { ConsumerLag } from './consumer-lag.js';
import { MESSAGING_OPTIONS } from './messaging-options.js';
import type { MessagingModuleOptions } from './messaging-options.js';

const RECENT_MS = 300_000;

/** Says how far the group is behind on each topic, and which positions were lost. Asks the broker. */
@Injectable()
export class LagMonitor implements MonitorSource {
  readonly name = 'lag';
  readonly gauges = [
    {
      name: 'waybill_consumer_lag_messages',
      help: 'Messages of a topic that a group has not acknowledged',
      labels: ['group', 'topic'],
    },
    {
      name: 'waybill_consumer_lag_seconds',
      help: 'Age of the oldest of them, at least; exact to one reading',
      labels: ['group', 'topic'],
    },
    {
      name: 'waybill_consumer_offset_resets_recent',
      help: 'Positions that this process lost within five minutes: messages were deleted unread, or are read again',
      labels: ['group', 'topic'],
    },
  ];
  /** Resets ever counted by topic, as they were at the readings of the last five minutes. */
  readonly #resets = new Map<string, { readonly atMs: number; readonly total: number }[]>();

  constructor(
    @Inject(MESSAGING_OPTIONS) private readonly options: MessagingModuleOptions,
    private readonly lag: ConsumerLag,
    @Optional() monitor?: Monitor,
  ) {
    monitor?.register(this);
  }

  async read(): Promise<readonly Sample[]> {
    const [topics, lanes] = await Promise.all([this.lag.topics(), this.lag.lanes()]);
    return topics.flatMap(({ topic, lagMessages, lagSeconds }) => {
      const labels = { group: this.options.group, topic };
      const resets = lanes.filter((lane) => lane.topic === topic).reduce((sum, lane) => sum + lane.resets, 0);
      return [
        { metric: 'waybill_consumer_lag_messages', labels, value: lagMessages },
        { metric: 'waybill_consumer_lag_seconds', labels, value: lagSeconds },
        { metric: 'waybill_consumer_offset_resets_recent', labels, value: this.#recent(topic, resets) },
      ];
    });
  }

  /** Against the newest reading that is five minutes old, or the first one there was. */
  #recent(topic: string, total: number): number {
    const now = performance.now();
    const readings = [...(this.#resets.get(topic) ?? [{ atMs: now, total: 0 }]), { atMs: now, total }];
    const base = Math.max(
      0,
      readings.findLastIndex(({ atMs }) => atMs <= now - RECENT_MS),
    );
    this.#resets.set(topic, readings.slice(base));
    return total - (readings[base]?.total ?? total);
  }
}
