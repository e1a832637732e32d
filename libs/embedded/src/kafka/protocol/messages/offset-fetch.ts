import { api } from '../api.js';
import {
  array,
  between,
  boolean,
  int16,
  int32,
  int64,
  nullableArray,
  nullableString,
  optional,
  since,
  string,
  struct,
  until,
} from '../schema.js';

const requestedTopics = nullableArray(struct({ name: string, partitionIndexes: array(int32) }));

const fetchedTopics = array(
  struct({
    name: string,
    partitions: array(
      struct({
        partitionIndex: int32,
        committedOffset: int64,
        committedLeaderEpoch: since(5, int32, -1),
        metadata: optional(nullableString, null),
        errorCode: int16,
      }),
    ),
  }),
);

/** Until version 7 a request names one group; from 8 on, any number. */
export const offsetFetchApi = api({
  key: 9,
  name: 'OffsetFetch',
  versions: [1, 8],
  flexibleSince: 6,
  request: struct({
    groupId: until(7, string, ''),
    topics: until(7, requestedTopics, null),
    groups: since(8, array(struct({ groupId: string, topics: requestedTopics })), []),
    requireStable: since(7, boolean, false),
  }),
  response: struct({
    throttleTimeMs: since(3, int32, 0),
    topics: until(7, fetchedTopics, []),
    errorCode: between(2, 7, int16, 0),
    groups: since(8, array(struct({ groupId: string, topics: fetchedTopics, errorCode: int16 })), []),
  }),
});
