import { ErrorCode } from '../protocol/error-codes.js';
import { listGroupsApi } from '../protocol/messages/list-groups.js';
import { handle } from './request-handler.js';

/** Lists the groups, those in the given states if any are given. */
export const listGroups = handle(listGroupsApi, ({ statesFilter }, { broker }) => {
  const wanted = new Set(statesFilter.map((state) => state.toLowerCase()));
  return {
    errorCode: ErrorCode.NONE,
    groups: broker.groups
      .list()
      .filter(({ state }) => wanted.size === 0 || wanted.has(state.toLowerCase()))
      .map(({ groupId, protocolType, state }) => ({ groupId, protocolType, groupState: state })),
  };
});
