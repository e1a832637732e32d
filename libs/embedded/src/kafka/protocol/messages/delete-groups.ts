import { api } from '../api.js';
import { array, int16, int32, optional, string, struct } from '../schema.js';

export const deleteGroupsApi = api({
  key: 42,
  name: 'DeleteGroups',
  versions: [0, 2],
  flexibleSince: 2,
  request: struct({ groupIds: array(string) }),
  response: struct({
    throttleTimeMs: optional(int32, 0),
    results: array(struct({ groupId: string, errorCode: int16 })),
  }),
});
