import { NODE_ID } from '../broker.js';
import { ErrorCode } from '../protocol/error-codes.js';
import { findCoordinatorApi } from '../protocol/messages/find-coordinator.js';
import { handle } from './request-handler.js';

const GROUP = 0;

/**
 * This broker coordinates every group. There are no transactions: of the errors that clients know, this is the one on
 * which all of them give up at once instead of asking again.
 */
export const findCoordinator = handle(findCoordinatorApi, (request, { broker }) => {
  const answer =
    request.keyType === GROUP
      ? { errorCode: ErrorCode.NONE, errorMessage: null, nodeId: NODE_ID, ...broker.address }
      : {
          errorCode: ErrorCode.TRANSACTIONAL_ID_AUTHORIZATION_FAILED,
          errorMessage: 'This broker has no transactions.',
          nodeId: -1,
          host: '',
          port: -1,
        };
  return { ...answer, coordinators: request.coordinatorKeys.map((key) => ({ key, ...answer })) };
});
