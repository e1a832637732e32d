import { ErrorCode } from '../protocol/error-codes.js';
import { createPartitionsApi } from '../protocol/messages/create-partitions.js';
import { MAX_PARTITIONS } from './partition-limit.js';
import { handle } from './request-handler.js';

/** Adds partitions to topics. Their number can't be lowered. */
export const createPartitions = handle(createPartitionsApi, (request, { broker }) => ({
  results: request.topics.map(({ name, count }) => {
    const topic = broker.topics.get(name);
    const result = (errorCode: ErrorCode, errorMessage: string | null) => ({ name, errorCode, errorMessage });
    if (topic === undefined) return result(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION, `The topic '${name}' does not exist.`);
    const present = topic.partitions.length;
    if (count <= present || count > MAX_PARTITIONS) {
      return result(
        ErrorCode.INVALID_PARTITIONS,
        `The topic ${name} has ${present} partitions; ${count} is not more, or above ${MAX_PARTITIONS}.`,
      );
    }
    if (!request.validateOnly) broker.topics.grow(topic, count);
    return result(ErrorCode.NONE, null);
  }),
}));
