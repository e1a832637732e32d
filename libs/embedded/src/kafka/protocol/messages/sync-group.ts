import { api } from '../api.js';
import { array, bytes, int16, int32, nullableString, since, string, struct } from '../schema.js';

export const syncGroupApi = api({
  key: 14,
  name: 'SyncGroup',
  versions: [0, 4],
  flexibleSince: 4,
  request: struct({
    groupId: string,
    generationId: int32,
    memberId: string,
    groupInstanceId: since(3, nullableString, null),
    assignments: array(struct({ memberId: string, assignment: bytes })),
  }),
  response: struct({ throttleTimeMs: since(1, int32, 0), errorCode: int16, assignment: bytes }),
});
