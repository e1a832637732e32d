import { Inject, Injectable, Optional } from '@nestjs/common';
import { Monitor } from '@waybill/observability';
import type { MonitorSource, Sample } from '@waybill/observability';

import { ALL_LANES } from '../lanes/lane-ledger.js';
import { MessageConsumer } from './message-consumer.js';
import { MESSAGING_OPTIONS } from './messaging-options.js';
import type { MessagingModuleOptions } from './messaging-options.js';

const NO_RANGE = { first: '', next: '' };

/** One sample for each open issue of a lane, as this process last saw them. Asks nobody. */
@Injectable()
export class LaneMonitor implements MonitorSource {
  readonly name = 'lanes';
  readonly gauges = [
    {
      name: 'waybill_lane_issues',
      help: 'Records of a lane that were lost or cannot be read, until an operator settles it',
      labels: ['group', 'topic', 'partition', 'kind', 'first', 'next'],
    },
  ];

  constructor(
    @Inject(MESSAGING_OPTIONS) private readonly options: Pick<MessagingModuleOptions, 'group'>,
    @Inject(MessageConsumer) private readonly consumer: Pick<MessageConsumer, 'laneIssues'>,
    @Optional() monitor?: Monitor,
  ) {
    monitor?.register(this);
  }

  async read(): Promise<readonly Sample[]> {
    const { group } = this.options;
    return this.consumer.laneIssues().map(({ topic, partition, kind, ...range }) => {
      const { first, next } = partition === ALL_LANES ? NO_RANGE : range;
      const labels = { group, topic, partition: String(partition), kind, first, next };
      return { metric: 'waybill_lane_issues', labels, value: 1 };
    });
  }
}
