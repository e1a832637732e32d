import { ErrorCode } from '../protocol/error-codes.js';
import { leaveGroupApi } from '../protocol/messages/leave-group.js';
import { handle } from './request-handler.js';

const SEVERAL_SINCE = 3;

/** Takes members out of their group at once, instead of when their sessions expire. */
export const leaveGroup = handle(leaveGroupApi, ({ groupId, memberId, members }, { broker, apiVersion }) => {
  if (apiVersion < SEVERAL_SINCE) return { errorCode: broker.groups.leave(groupId, memberId, null) };
  return {
    errorCode: ErrorCode.NONE,
    members: members.map((member) => ({
      ...member,
      errorCode: broker.groups.leave(groupId, member.memberId, member.groupInstanceId),
    })),
  };
});
