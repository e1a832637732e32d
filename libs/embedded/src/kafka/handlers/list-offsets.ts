import { LEADER_EPOCH, type PartitionLog } from '../log/partition-log.js';
import { ErrorCode } from '../protocol/error-codes.js';
import { listOffsetsApi } from '../protocol/messages/list-offsets.js';
import { handle } from './request-handler.js';

const LATEST = -1;
const EARLIEST = -2;
const NOT_FOUND = { timestamp: -1, offset: -1 };

/** Earliest and latest offsets, and the first one at or after a time. */
export const listOffsets = handle(listOffsetsApi, (request, { broker }) => ({
  topics: request.topics.map(({ name, partitions }) => ({
    name,
    partitions: partitions.map(({ partitionIndex, timestamp }) => {
      const log = broker.topics.partition(name, partitionIndex);
      if (log === undefined) {
        return { partitionIndex, errorCode: ErrorCode.UNKNOWN_TOPIC_OR_PARTITION, ...NOT_FOUND };
      }
      return { partitionIndex, errorCode: ErrorCode.NONE, leaderEpoch: LEADER_EPOCH, ...find(log, timestamp) };
    }),
  })),
}));

function find(log: PartitionLog, timestamp: number): { readonly timestamp: number; readonly offset: number } {
  switch (timestamp) {
    case LATEST:
      return { timestamp: -1, offset: log.endOffset };
    case EARLIEST:
      return { timestamp: -1, offset: log.startOffset };
    default:
      return log.findByTime(timestamp) ?? NOT_FOUND;
  }
}
