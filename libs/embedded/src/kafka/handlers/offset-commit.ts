import { ErrorCode } from '../protocol/error-codes.js';
import { offsetCommitApi } from '../protocol/messages/offset-commit.js';
import { handle } from './request-handler.js';

const MAX_METADATA_BYTES = 4096;

/** Stores how far a group has come. Durable before it is answered. */
export const offsetCommit = handle(offsetCommitApi, (request, { broker }) => {
  const { groupId, memberId, generationId, topics } = request;
  const refusal = broker.groups.checkCommit(groupId, memberId, generationId);
  const errorOf = (topic: string, partition: number, metadata: string | null): ErrorCode => {
    if (refusal !== undefined) return refusal;
    if (broker.topics.partition(topic, partition) === undefined) return ErrorCode.UNKNOWN_TOPIC_OR_PARTITION;
    return Buffer.byteLength(metadata ?? '') > MAX_METADATA_BYTES
      ? ErrorCode.OFFSET_METADATA_TOO_LARGE
      : ErrorCode.NONE;
  };
  const judged = topics.map(({ name, partitions }) => ({
    name,
    partitions: partitions.map((partition) => ({
      ...partition,
      errorCode: errorOf(name, partition.partitionIndex, partition.committedMetadata),
    })),
  }));
  const committedAt = Date.now();
  broker.groups.commit(
    groupId,
    judged.flatMap(({ name, partitions }) =>
      partitions
        .filter(({ errorCode }) => errorCode === ErrorCode.NONE)
        .map(({ partitionIndex, committedOffset, committedLeaderEpoch, committedMetadata }) => ({
          topic: name,
          partition: partitionIndex,
          offset: committedOffset,
          leaderEpoch: committedLeaderEpoch,
          metadata: committedMetadata,
          committedAt,
        })),
    ),
  );
  return { topics: judged };
});
