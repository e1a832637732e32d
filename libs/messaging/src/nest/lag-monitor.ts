import { Inject, Injectable, Optional } from '@nestjs/common';
import { Monitor } from '@waybill/observability';
import type { MonitorSource, Sample } from '@waybill/observability';

import { ConsumerLag } from './consumer-lag.js';
import { MESSAGING_OPTIONS } from './messaging-options.js';
import type { MessagingModuleOptions } from './messaging-options.js';

/** Says how far the group is behind on each topic, and what the broker itself has given up. Asks the broker. */
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
      name: 'waybill_broker_dead_letters',
      help: 'Records of a topic that the broker itself has given up delivering, to whichever group',
      labels: ['topic', 'queue'],
    },
  ];
  constructor(
    @Inject(MESSAGING_OPTIONS) private readonly options: MessagingModuleOptions,
    @Inject(ConsumerLag) private readonly lag: Pick<ConsumerLag, 'topics'>,
    @Optional() monitor?: Monitor,
  ) {
    monitor?.register(this);
  }

  async read(): Promise<readonly Sample[]> {
    return (await this.lag.topics()).flatMap(({ topic, lagMessages, lagSeconds, brokerDeadLetters }) => {
      const labels = { group: this.options.group, topic };
      return [
        { metric: 'waybill_consumer_lag_messages', labels, value: lagMessages },
        { metric: 'waybill_consumer_lag_seconds', labels, value: lagSeconds },
        ...brokerDeadLetters.map(({ queue, records }) => ({
          metric: 'waybill_broker_dead_letters',
          labels: { topic, queue },
          value: records,
        })),
      ];
    });
  }
}
