import { api } from '../api.js';
import { array, boolean, int16, int32, nullableArray, nullableString, optional, string, struct } from '../schema.js';

export const createPartitionsApi = api({
  key: 37,
  name: 'CreatePartitions',
  versions: [0, 1],
  flexibleSince: 2,
  request: struct({
    topics: array(
      struct({ name: string, count: int32, assignments: nullableArray(struct({ brokerIds: array(int32) })) }),
    ),
    timeoutMs: int32,
    validateOnly: boolean,
  }),
  response: struct({
    throttleTimeMs: optional(int32, 0),
    results: array(struct({ name: string, errorCode: int16, errorMessage: nullableString })),
  }),
});
