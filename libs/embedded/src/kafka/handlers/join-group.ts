import { ErrorCode } from '../protocol/error-codes.js';
import { joinGroupApi } from '../protocol/messages/join-group.js';
import { handle } from './request-handler.js';

/** From this version on, clients understand that they must join again with the id they are given. */
const KNOWN_ID_SINCE = 4;

/** Waits until the group's next generation is complete. */
export const joinGroup = handle(joinGroupApi, async (request, { broker, apiVersion, clientId, clientHost }) => {
  const { groupId, memberId, sessionTimeoutMs, rebalanceTimeoutMs, groupInstanceId, protocolType, protocols } = request;
  const result = await broker.groups.join(
    groupId,
    memberId,
    {
      clientId,
      clientHost,
      groupInstanceId,
      sessionTimeoutMs,
      rebalanceTimeoutMs: rebalanceTimeoutMs < 0 ? sessionTimeoutMs : rebalanceTimeoutMs,
      protocolType,
      protocols: protocols.map(({ name, metadata }) => ({ name, metadata: Buffer.from(metadata) })),
    },
    apiVersion >= KNOWN_ID_SINCE ? 'needs known id' : 'any id',
  );
  if (result.kind === 'refused') {
    const { errorCode, memberId } = result;
    return { errorCode, generationId: -1, protocolName: '', leader: '', memberId, members: [] };
  }
  const { generationId, protocolName, leaderId, members } = result;
  return {
    errorCode: ErrorCode.NONE,
    generationId,
    protocolName,
    leader: leaderId,
    memberId: result.memberId,
    members,
  };
});
