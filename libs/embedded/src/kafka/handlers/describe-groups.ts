import type { ConsumerGroup } from '../group/consumer-group.js';
import { ErrorCode } from '../protocol/error-codes.js';
import { describeGroupsApi } from '../protocol/messages/describe-groups.js';
import { handle } from './request-handler.js';

/** Describes groups and their members. A group that nobody knows is described as dead, as Kafka does. */
export const describeGroups = handle(describeGroupsApi, ({ groups }, { broker }) => ({
  groups: groups.map((groupId) => {
    const group = broker.groups.get(groupId);
    if (group !== undefined) return describe(group);
    const isIdle = broker.groups.offsets.has(groupId);
    return {
      errorCode: ErrorCode.NONE,
      groupId,
      groupState: isIdle ? 'Empty' : 'Dead',
      protocolType: isIdle ? 'consumer' : '',
      protocolData: '',
      members: [],
    };
  }),
}));

const describe = (group: ConsumerGroup) => ({
  errorCode: ErrorCode.NONE,
  groupId: group.id,
  groupState: group.state,
  protocolType: group.protocolType,
  protocolData: group.protocolName,
  members: [...group.members].map((member) => ({
    memberId: member.id,
    groupInstanceId: member.membership.groupInstanceId,
    clientId: member.membership.clientId,
    clientHost: member.membership.clientHost,
    memberMetadata: member.metadataFor(group.protocolName),
    memberAssignment: member.assignment,
  })),
});
