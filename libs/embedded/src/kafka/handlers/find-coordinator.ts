import { NODE_ID } from '../broker.js';
import { ErrorCode } from '../protocol/error-codes.js';
import { findCoordinatorApi } from '../protocol/messages/find-coordinator.js';
import { handle } from './request-handler.js';

const GROUP = 0;
const TRANSACTION = 1;

/**
 * This broker coordinates every group. There are no transactions, and InitProducerId says so: asked here already, kafkajs
 * would tell its user of a missing group coordinator.
 */
export const findCoordinator = handle(findCoordinatorApi, (request, { broker }) => {
  const answer =
    request.keyType === GROUP || request.keyType === TRANSACTION
      ? { errorCode: ErrorCode.NONE, errorMessage: null, nodeId: NODE_ID, ...broker.address }
      : {
          errorCode: ErrorCode.INVALID_REQUEST,
          errorMessage: `This broker has no coordinator of type ${request.keyType}.`,
          nodeId: -1,
          host: '',
          port: -1,
        };
  return { ...answer, coordinators: request.coordinatorKeys.map((key) => ({ key, ...answer })) };
});
