import type { Broker } from '../broker.js';
import { ErrorCode } from '../protocol/error-codes.js';
import { createTopicsApi } from '../protocol/messages/create-topics.js';
import { findConfigFault } from '../topic-config.js';
import { isValidTopicName } from '../topic-name.js';
import { MAX_PARTITIONS } from './partition-limit.js';
import { handle } from './request-handler.js';

interface TopicToCreate {
  readonly name: string;
  readonly numPartitions: number;
  readonly replicationFactor: number;
  readonly assignments: readonly { readonly brokerIds: readonly number[] }[];
  readonly configs: readonly { readonly name: string; readonly value: string | null }[];
}

interface Fault {
  readonly errorCode: ErrorCode;
  readonly errorMessage: string;
}

/** Creates topics, each on its own: what is wrong with one doesn't hold up the others. */
export const createTopics = handle(createTopicsApi, (request, { broker }) => ({
  topics: request.topics.map((topic) => {
    const fault = findFault(broker, topic);
    if (fault !== undefined) return { name: topic.name, ...fault };
    const partitions = partitionsOf(topic, broker);
    const configs = Object.fromEntries(
      topic.configs.flatMap(({ name, value }) => (value === null ? [] : [[name, value]])),
    );
    return {
      name: topic.name,
      errorCode: ErrorCode.NONE,
      errorMessage: null,
      numPartitions: partitions,
      replicationFactor: 1,
      ...(request.validateOnly ? {} : { topicId: broker.topics.create(topic.name, partitions, configs).id }),
    };
  }),
}));

function partitionsOf({ numPartitions, assignments }: TopicToCreate, { config }: Broker): number {
  if (assignments.length > 0) return assignments.length;
  return numPartitions === -1 ? config.defaultPartitions : numPartitions;
}

function findFault(broker: Broker, topic: TopicToCreate): Fault | undefined {
  const fault = (errorCode: ErrorCode, errorMessage: string): Fault => ({ errorCode, errorMessage });
  if (!isValidTopicName(topic.name)) {
    return fault(ErrorCode.INVALID_TOPIC_EXCEPTION, `Topic name is invalid: '${topic.name}'`);
  }
  if (broker.topics.get(topic.name) !== undefined) {
    return fault(ErrorCode.TOPIC_ALREADY_EXISTS, `Topic '${topic.name}' already exists.`);
  }
  const partitions = partitionsOf(topic, broker);
  if (partitions < 1 || partitions > MAX_PARTITIONS) {
    return fault(ErrorCode.INVALID_PARTITIONS, `Number of partitions must be from 1 to ${MAX_PARTITIONS}.`);
  }
  if (topic.replicationFactor !== -1 && topic.replicationFactor !== 1) {
    return fault(ErrorCode.INVALID_REPLICATION_FACTOR, 'There is one broker: the replication factor must be 1.');
  }
  const configFault = topic.configs.map(({ name, value }) => findConfigFault(name, value)).find((text) => text);
  return configFault === undefined ? undefined : fault(ErrorCode.INVALID_CONFIG, configFault);
}
