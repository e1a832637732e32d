import { Inject, Injectable, Optional } from '@nestjs/common';
import { Monitor } from '@waybill/observability';
import type { MonitorSource, Sample } from '@waybill/observability';

import { MessageConsumer } from './message-consumer.js';
import { MESSAGING_OPTIONS } from './messaging-options.js';
import type { MessagingModuleOptions } from './messaging-options.js';

/** Before the start and while it drains a consumer is not down. */
const NOT_DOWN = ['not started', 'draining', 'stopped'];

/** Says how long this process's consumer has been unable to work. Asks nobody, so it also says so while the broker is away. */
@Injectable()
export class HealthMonitor implements MonitorSource {
  readonly name = 'consumer';
  readonly gauges = [
    {
      name: 'waybill_consumer_down_seconds',
      help: "How long this process's consumer has been unable to work, as seen at the monitor's readings",
      labels: ['group'],
    },
    {
      name: 'waybill_consumer_lane_still_seconds',
      help: "How long the position of this process's slowest lane of a topic has waited for one record",
      labels: ['group', 'topic'],
    },
  ];
  #downSinceMs: number | undefined;

  constructor(
    @Inject(MESSAGING_OPTIONS) private readonly options: MessagingModuleOptions,
    @Inject(MessageConsumer) private readonly consumer: Pick<MessageConsumer, 'health' | 'lanesStill' | 'topics'>,
    @Optional() monitor?: Monitor,
  ) {
    monitor?.register(this);
  }

  async read(): Promise<readonly Sample[]> {
    const now = performance.now();
    const { healthy, detail } = this.consumer.health();
    if (healthy || NOT_DOWN.includes(detail)) this.#downSinceMs = undefined;
    else this.#downSinceMs ??= now;
    const value = this.#downSinceMs === undefined ? 0 : (now - this.#downSinceMs) / 1_000;
    const { group } = this.options;
    return [{ metric: 'waybill_consumer_down_seconds', labels: { group }, value }, ...this.#lanesStill(group)];
  }

  #lanesStill(group: string): readonly Sample[] {
    const lanes = this.consumer.lanesStill();
    return this.consumer.topics().map((topic) => {
      const longestMs = Math.max(0, ...lanes.filter((lane) => lane.topic === topic).map(({ forMs }) => forMs));
      return { metric: 'waybill_consumer_lane_still_seconds', labels: { group, topic }, value: longestMs / 1_000 };
    });
  }
}
