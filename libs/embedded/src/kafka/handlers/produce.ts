import { setTimeout as delay } from 'node:timers/promises';

import type { Broker } from '../broker.js';
import type { ProduceFault } from '../faults.js';
import { ErrorCode } from '../protocol/error-codes.js';
import { produceApi } from '../protocol/messages/produce.js';
import { DROP_CONNECTION, handle, NO_ANSWER } from './request-handler.js';

const ACKS_VALUES: ReadonlySet<number> = new Set([-1, 0, 1]);

interface PartitionData {
  readonly partitionIndex: number;
  readonly records: Buffer | null;
}

interface PartitionResult {
  readonly partitionIndex: number;
  readonly errorCode: ErrorCode;
  readonly baseOffset: number;
  readonly logStartOffset: number;
}

/** Appends batches. With one broker, acks=1 and acks=all are the same promise. */
export const produce = handle(produceApi, async (request, { broker }) => {
  const refusal = refusalOf(request.acks, request.transactionalId);
  const faultsByTopic = new Map(request.topics.map(({ name }) => [name, broker.faults.takeProduceFaults(name)]));
  const faults = [...faultsByTopic.values()].flat();
  const delayMs = Math.max(0, ...faults.map((fault) => (fault.kind === 'delay' ? fault.delayMs : 0)));
  if (delayMs > 0) await delay(delayMs);

  const topics = request.topics.map(({ name, partitions }) => ({
    name,
    partitions: partitions.map((data) =>
      refusal === undefined
        ? append(broker, name, data, faultsByTopic.get(name) ?? [])
        : refuse(data.partitionIndex, refusal),
    ),
  }));
  if (faults.some(({ kind }) => kind === 'lose answer')) return DROP_CONNECTION;
  if (request.acks !== 0) return { topics };
  // Nobody reads an answer to acks=0: a closed connection is how such a producer learns that its metadata is stale.
  const isAllWritten = topics.every(({ partitions }) =>
    partitions.every(({ errorCode }) => errorCode === ErrorCode.NONE),
  );
  return isAllWritten ? NO_ANSWER : DROP_CONNECTION;
});

function refusalOf(acks: number, transactionalId: string | null): ErrorCode | undefined {
  if (!ACKS_VALUES.has(acks)) return ErrorCode.INVALID_REQUIRED_ACKS;
  return transactionalId === null ? undefined : ErrorCode.TRANSACTIONAL_ID_AUTHORIZATION_FAILED;
}

function append(
  broker: Broker,
  topic: string,
  { partitionIndex, records }: PartitionData,
  faults: readonly ProduceFault[],
): PartitionResult {
  const refused = faults.find(
    (fault) => fault.kind === 'refuse' && (fault.partition ?? partitionIndex) === partitionIndex,
  );
  if (refused?.kind === 'refuse') return refuse(partitionIndex, refused.errorCode);
  const log = broker.topics.partition(topic, partitionIndex);
  if (log === undefined) return refuse(partitionIndex, ErrorCode.UNKNOWN_TOPIC_OR_PARTITION);
  try {
    const result = log.append(records);
    if (result.errorCode !== ErrorCode.NONE) return refuse(partitionIndex, result.errorCode);
    if (records !== null && faults.some(({ kind }) => kind === 'write twice')) log.appendAgain(records);
    return {
      partitionIndex,
      errorCode: ErrorCode.NONE,
      baseOffset: result.baseOffset,
      logStartOffset: log.startOffset,
    };
  } catch (error) {
    broker.report(`Cannot write to ${topic}-${partitionIndex}: ${String(error)}`);
    return refuse(partitionIndex, ErrorCode.KAFKA_STORAGE_ERROR);
  }
}

const refuse = (partitionIndex: number, errorCode: ErrorCode): PartitionResult => ({
  partitionIndex,
  errorCode,
  baseOffset: -1,
  logStartOffset: -1,
});
