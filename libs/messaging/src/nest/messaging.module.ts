import { Logger, Module } from '@nestjs/common';
import type { DynamicModule } from '@nestjs/common';

import type { Broker } from '../broker.js';
import { BROKER, HELD_MESSAGE_RUNNER } from '../tokens.js';
import { ConsumerLag } from './consumer-lag.js';
import { HealthMonitor } from './health-monitor.js';
import { LagMonitor } from './lag-monitor.js';
import { LaneIssues } from './lane-issues.js';
import { LaneMonitor } from './lane-monitor.js';
import { MessageConsumer } from './message-consumer.js';
import { MESSAGING_OPTIONS } from './messaging-options.js';
import type { MessagingModuleOptions } from './messaging-options.js';
import { ReadingProgress } from './reading-progress.js';
import { TopicKeeper } from './topic-keeper.js';

/**
 * Gives the application its broker, with every topic in place before it starts (or once the broker is there), and the
 * {@link MessageConsumer}. The application binds UNIT_OF_WORK, INBOX and FAILURE_STORE in any of its modules.
 */
@Module({})
export class MessagingModule {
  static forRoot(options: MessagingModuleOptions): DynamicModule {
    return {
      module: MessagingModule,
      global: true,
      providers: [
        { provide: MESSAGING_OPTIONS, useValue: options },
        {
          provide: BROKER,
          useFactory: () => {
            const defaults = { partitions: options.topicPartitions ?? 6, retentionMs: options.topicRetentionMs };
            return options.broker(defaults, new Logger('Broker'));
          },
        },
        {
          provide: TopicKeeper,
          inject: [BROKER],
          useFactory: async (broker: Broker) => {
            const keeper = new TopicKeeper(options, broker);
            await keeper.open();
            return keeper;
          },
        },
        LaneIssues,
        LaneMonitor,
        MessageConsumer,
        ConsumerLag,
        HealthMonitor,
        LagMonitor,
        ReadingProgress,
        { provide: HELD_MESSAGE_RUNNER, useExisting: MessageConsumer },
      ],
      exports: [BROKER, ConsumerLag, HELD_MESSAGE_RUNNER, LaneIssues, MessageConsumer, ReadingProgress],
    };
  }
}
