import type { Broker } from '../broker.js';
import { ErrorCode } from '../protocol/error-codes.js';
import { deleteTopicsApi, NO_TOPIC_ID } from '../protocol/messages/delete-topics.js';
import { handle } from './request-handler.js';

/** Deletes topics with their records and the offsets committed for them. */
export const deleteTopics = handle(deleteTopicsApi, ({ topicNames, topics }, { broker }) => ({
  responses: [
    ...topicNames.map((name) => deleteTopic(broker, name, NO_TOPIC_ID)),
    ...topics.map(({ name, topicId }) => deleteTopic(broker, name, topicId)),
  ],
}));

function deleteTopic(broker: Broker, name: string | null, topicId: string) {
  const topic = name === null ? broker.topics.getById(topicId) : broker.topics.get(name);
  if (topic === undefined) {
    const errorCode = name === null ? ErrorCode.UNKNOWN_TOPIC_ID : ErrorCode.UNKNOWN_TOPIC_OR_PARTITION;
    return { name, topicId, errorCode, errorMessage: 'This server does not host this topic.' };
  }
  broker.deleteTopic(topic);
  return { name: topic.name, topicId: topic.id, errorCode: ErrorCode.NONE, errorMessage: null };
}
