import { ErrorCode } from '../protocol/error-codes.js';
import { syncGroupApi } from '../protocol/messages/sync-group.js';
import { handle } from './request-handler.js';

/** Waits until the group's leader has assigned the partitions. */
export const syncGroup = handle(syncGroupApi, async (request, { broker }) => {
  const { groupId, memberId, generationId, assignments } = request;
  const result = await broker.groups.sync(groupId, memberId, generationId, assignments);
  return result.kind === 'refused'
    ? { errorCode: result.errorCode, assignment: Buffer.alloc(0) }
    : { errorCode: ErrorCode.NONE, assignment: result.assignment };
});
