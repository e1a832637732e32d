import { ErrorCode } from '../protocol/error-codes.js';
import { initProducerIdApi } from '../protocol/messages/init-producer-id.js';
import { handle } from './request-handler.js';

/** Gives an idempotent producer its id, or (version 3) the next epoch of the one it has. Transactions are refused. */
export const initProducerId = handle(
  initProducerIdApi,
  ({ transactionalId, producerId, producerEpoch }, { broker }) => {
    if (transactionalId !== null) {
      return { errorCode: ErrorCode.TRANSACTIONAL_ID_AUTHORIZATION_FAILED, producerId: -1, producerEpoch: -1 };
    }
    const mayBump = producerId >= 0 && producerEpoch >= 0 && producerEpoch < MAX_EPOCH;
    return mayBump
      ? { errorCode: ErrorCode.NONE, producerId, producerEpoch: producerEpoch + 1 }
      : { errorCode: ErrorCode.NONE, producerId: broker.producerIds.next(), producerEpoch: 0 };
  },
);

const MAX_EPOCH = 32_766;
