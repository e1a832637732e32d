import { api } from '../api.js';
import { int16, int32, int64, nullableString, optional, since, struct } from '../schema.js';

export const initProducerIdApi = api({
  key: 22,
  name: 'InitProducerId',
  versions: [0, 3],
  flexibleSince: 2,
  request: struct({
    transactionalId: nullableString,
    transactionTimeoutMs: int32,
    producerId: since(3, int64, -1),
    producerEpoch: since(3, int16, -1),
  }),
  response: struct({
    throttleTimeMs: optional(int32, 0),
    errorCode: int16,
    producerId: int64,
    producerEpoch: int16,
  }),
});
