import { deleteGroupsApi } from '../protocol/messages/delete-groups.js';
import { handle } from './request-handler.js';

/** Deletes groups without members, with their committed offsets. */
export const deleteGroups = handle(deleteGroupsApi, ({ groupIds }, { broker }) => ({
  results: groupIds.map((groupId) => ({ groupId, errorCode: broker.groups.delete(groupId) })),
}));
