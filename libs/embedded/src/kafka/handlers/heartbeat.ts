import { heartbeatApi } from '../protocol/messages/heartbeat.js';
import { handle } from './request-handler.js';

/** Keeps a member's session alive, and tells it of a rebalance. */
export const heartbeat = handle(heartbeatApi, ({ groupId, memberId, generationId }, { broker }) => ({
  errorCode: broker.groups.heartbeat(groupId, memberId, generationId),
}));
