import type { Broker } from '../broker.js';
import type { CommittedOffset } from '../group/committed-offsets.js';
import { ErrorCode } from '../protocol/error-codes.js';
import { offsetFetchApi } from '../protocol/messages/offset-fetch.js';
import { handle } from './request-handler.js';

const SEVERAL_GROUPS_SINCE = 8;

type RequestedTopics =
  | readonly { readonly name: string; readonly partitionIndexes: readonly number[] }[]
  /** All that the group has committed. */
  | null;

/** Answers how far groups have come; -1 for a partition without a commit. */
export const offsetFetch = handle(offsetFetchApi, (request, { broker, apiVersion }) => {
  if (apiVersion < SEVERAL_GROUPS_SINCE) return { topics: find(broker, request.groupId, request.topics) };
  return {
    groups: request.groups.map(({ groupId, topics }) => ({
      groupId,
      topics: find(broker, groupId, topics),
      errorCode: ErrorCode.NONE,
    })),
  };
});

function find(broker: Broker, groupId: string, requested: RequestedTopics) {
  const { offsets } = broker.groups;
  if (requested === null) {
    return [...offsets.ofGroup(groupId)].map(([name, partitions]) => ({
      name,
      partitions: [...partitions].map(([partitionIndex, committed]) => describe(partitionIndex, committed)),
    }));
  }
  return requested.map(({ name, partitionIndexes }) => ({
    name,
    partitions: partitionIndexes.map((partitionIndex) =>
      describe(partitionIndex, offsets.get(groupId, name, partitionIndex)),
    ),
  }));
}

const describe = (partitionIndex: number, committed: CommittedOffset | undefined) => ({
  partitionIndex,
  committedOffset: committed?.offset ?? -1,
  committedLeaderEpoch: committed?.leaderEpoch ?? -1,
  metadata: committed?.metadata ?? '',
  errorCode: ErrorCode.NONE,
});
