import { api } from '../api.js';
import { array, boolean, int16, int32, nullableArray, nullableString, since, string, struct } from '../schema.js';

/** "Not asked for", in a set of authorized operations. */
const NO_OPERATIONS = -2_147_483_648;

export const metadataApi = api({
  key: 3,
  name: 'Metadata',
  versions: [0, 9],
  flexibleSince: 9,
  request: struct({
    topics: nullableArray(struct({ name: string })),
    allowAutoTopicCreation: since(4, boolean, true),
    includeClusterAuthorizedOperations: since(8, boolean, false),
    includeTopicAuthorizedOperations: since(8, boolean, false),
  }),
  response: struct({
    throttleTimeMs: since(3, int32, 0),
    brokers: array(struct({ nodeId: int32, host: string, port: int32, rack: since(1, nullableString, null) })),
    clusterId: since(2, nullableString, null),
    controllerId: since(1, int32, -1),
    topics: array(
      struct({
        errorCode: int16,
        name: string,
        isInternal: since(1, boolean, false),
        partitions: array(
          struct({
            errorCode: int16,
            partitionIndex: int32,
            leaderId: int32,
            leaderEpoch: since(7, int32, -1),
            replicaNodes: array(int32),
            isrNodes: array(int32),
            offlineReplicas: since(5, array(int32), []),
          }),
        ),
        topicAuthorizedOperations: since(8, int32, NO_OPERATIONS),
      }),
    ),
    clusterAuthorizedOperations: since(8, int32, NO_OPERATIONS),
  }),
});
