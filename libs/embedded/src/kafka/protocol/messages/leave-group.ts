import { api } from '../api.js';
import { array, int16, int32, nullableString, optional, since, string, struct, until } from '../schema.js';

/** Until version 2 one member leaves; from 3 on, any number. */
export const leaveGroupApi = api({
  key: 13,
  name: 'LeaveGroup',
  versions: [0, 4],
  flexibleSince: 4,
  request: struct({
    groupId: string,
    memberId: until(2, string, ''),
    members: since(3, array(struct({ memberId: string, groupInstanceId: nullableString })), []),
  }),
  response: struct({
    throttleTimeMs: since(1, int32, 0),
    errorCode: int16,
    members: since(
      3,
      array(struct({ memberId: string, groupInstanceId: optional(nullableString, null), errorCode: int16 })),
      [],
    ),
  }),
});
