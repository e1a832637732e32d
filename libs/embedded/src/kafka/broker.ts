import { join } from 'node:path';

import { Faults } from './faults.js';
import { CommittedOffsets } from './group/committed-offsets.js';
import { GroupCoordinator } from './group/group-coordinator.js';
import { ProducerIds } from './producer-ids.js';
import { RequestCounts } from './request-counts.js';
import type { TopicDefaults } from './topic-config.js';
import { type Topic, TopicRegistry } from './topic-registry.js';

export interface BrokerConfig {
  /** undefined: everything in memory. */
  readonly dataDir: string | undefined;
  readonly autoCreateTopics: boolean;
  readonly defaultPartitions: number;
  readonly topicDefaults: TopicDefaults;
  readonly initialRebalanceDelayMs: number;
  readonly retentionCheckIntervalMs: number;
  /** Its holder ends them; undefined: the broker's own, which end with it. */
  readonly faults: Faults | undefined;
  readonly log: (line: string) => void;
}

/** Node id of the one broker, which is also the controller and every group's coordinator. */
export const NODE_ID = 1;
export const CLUSTER_ID = 'waybill-embedded-kafka';

/** The state behind the request handlers: topics with their logs, groups, producer ids, faults. */
export class Broker {
  readonly topics: TopicRegistry;
  readonly groups: GroupCoordinator;
  readonly producerIds: ProducerIds;
  readonly faults: Faults;
  readonly requests = new RequestCounts();
  /** Where clients reach this broker; known once it listens. */
  address = { host: '', port: 0 };
  readonly #sweep: NodeJS.Timeout;

  constructor(readonly config: BrokerConfig) {
    const { dataDir } = config;
    this.faults = config.faults ?? new Faults();
    const pathOf = (name: string): string | undefined => (dataDir === undefined ? undefined : join(dataDir, name));
    this.topics = new TopicRegistry(dataDir, config.topicDefaults);
    this.groups = new GroupCoordinator(new CommittedOffsets(pathOf('offsets.journal')), config.initialRebalanceDelayMs);
    this.producerIds = new ProducerIds(pathOf('producer-ids'));
    this.#sweep = setInterval(() => this.sweep(Date.now()), config.retentionCheckIntervalMs).unref();
  }

  /** Deletes what retention has overtaken; also runs by itself, every `retentionCheckIntervalMs`. */
  sweep(now: number): void {
    this.topics.applyRetention(now);
    this.groups.expireUnused(now);
  }

  /** One line for the one who runs this broker. */
  report(line: string): void {
    this.config.log(line);
  }

  deleteTopic(topic: Topic): void {
    this.topics.delete(topic);
    this.groups.offsets.deleteTopic(topic.name);
  }

  close(): void {
    clearInterval(this.#sweep);
    if (this.config.faults === undefined) this.faults.clear();
    this.groups.close();
    this.topics.close();
  }
}
