import { type Broker, CLUSTER_ID, NODE_ID } from '../broker.js';
import { LEADER_EPOCH } from '../log/partition-log.js';
import { ErrorCode } from '../protocol/error-codes.js';
import { metadataApi } from '../protocol/messages/metadata.js';
import { isValidTopicName } from '../topic-name.js';
import type { Topic } from '../topic-registry.js';
import { handle } from './request-handler.js';

/** Describes the cluster and its topics; creates a topic that is asked for, where both sides want that. */
export const metadata = handle(metadataApi, (request, { broker, apiVersion }) => {
  const { topics, config, address } = broker;
  const mayCreate = config.autoCreateTopics && request.allowAutoTopicCreation;
  const wantsAll = request.topics === null || (apiVersion === 0 && request.topics.length === 0);
  return {
    brokers: [{ nodeId: NODE_ID, ...address }],
    clusterId: CLUSTER_ID,
    controllerId: NODE_ID,
    topics: wantsAll
      ? topics.all().map(describeTopic)
      : (request.topics ?? []).map(({ name }) => findTopic(broker, name, mayCreate)),
  };
});

type TopicDescription = ReturnType<typeof describeTopic>;

function findTopic({ topics, config }: Broker, name: string, mayCreate: boolean): TopicDescription {
  if (!isValidTopicName(name)) return withoutPartitions(name, ErrorCode.INVALID_TOPIC_EXCEPTION);
  const topic = topics.get(name);
  if (topic !== undefined) return describeTopic(topic);
  if (mayCreate) return describeTopic(topics.create(name, config.defaultPartitions, {}));
  return withoutPartitions(name, ErrorCode.UNKNOWN_TOPIC_OR_PARTITION);
}

const withoutPartitions = (name: string, errorCode: ErrorCode): TopicDescription => ({
  errorCode,
  name,
  partitions: [],
});

const describeTopic = ({ name, partitions }: Topic) => ({
  errorCode: ErrorCode.NONE as ErrorCode, // Widened: the type is shared with topics that can't be described.
  name,
  partitions: partitions.map((_, partitionIndex) => ({
    errorCode: ErrorCode.NONE,
    partitionIndex,
    leaderId: NODE_ID,
    leaderEpoch: LEADER_EPOCH,
    replicaNodes: [NODE_ID],
    isrNodes: [NODE_ID],
  })),
});
