import { api } from '../api.js';
import { array, int16, int32, since, string, struct } from '../schema.js';

export const listGroupsApi = api({
  key: 16,
  name: 'ListGroups',
  versions: [0, 4],
  flexibleSince: 3,
  request: struct({ statesFilter: since(4, array(string), []) }),
  response: struct({
    throttleTimeMs: since(1, int32, 0),
    errorCode: int16,
    groups: array(struct({ groupId: string, protocolType: string, groupState: since(4, string, '') })),
  }),
});
