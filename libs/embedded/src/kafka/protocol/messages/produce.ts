import { api } from '../api.js';
import { array, int16, int32, int64, nullableBytes, nullableString, since, string, struct } from '../schema.js';

export const produceApi = api({
  key: 0,
  name: 'Produce',
  versions: [3, 7],
  // As Apache Kafka 4 does (KAFKA-18659): librdkafka takes a broker without version 0 for one that can't compress.
  advertisedMinVersion: 0,
  flexibleSince: 9,
  request: struct({
    transactionalId: nullableString,
    acks: int16,
    timeoutMs: int32,
    topics: array(
      struct({ name: string, partitions: array(struct({ partitionIndex: int32, records: nullableBytes })) }),
    ),
  }),
  response: struct({
    topics: array(
      struct({
        name: string,
        partitions: array(
          struct({
            partitionIndex: int32,
            errorCode: int16,
            baseOffset: int64,
            logAppendTimeMs: since(2, int64, -1),
            logStartOffset: since(5, int64, -1),
          }),
        ),
      }),
    ),
    throttleTimeMs: since(1, int32, 0),
  }),
});
