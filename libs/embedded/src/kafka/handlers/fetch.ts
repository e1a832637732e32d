import type { Broker } from '../broker.js';
import { LEADER_EPOCH, type PartitionLog } from '../log/partition-log.js';
import { ErrorCode } from '../protocol/error-codes.js';
import { fetchApi } from '../protocol/messages/fetch.js';
import { handle } from './request-handler.js';

/** However much a client asks for: bounds what one request holds in memory (a single batch may be larger). */
const MAX_RESPONSE_BYTES = 32 * 1024 * 1024;

interface PartitionRequest {
  readonly partitionIndex: number;
  readonly currentLeaderEpoch: number;
  readonly fetchOffset: number;
  readonly partitionMaxBytes: number;
}

interface FetchRequest {
  readonly maxWaitMs: number;
  readonly minBytes: number;
  readonly maxBytes: number;
  readonly topics: readonly { readonly name: string; readonly partitions: readonly PartitionRequest[] }[];
}

interface PartitionResult {
  readonly partitionIndex: number;
  readonly errorCode: ErrorCode;
  readonly highWatermark: number;
  readonly lastStableOffset: number;
  readonly logStartOffset: number;
  readonly records: Buffer;
}

/** Reads batches, as they were written; waits for more if there is less than the client wants. */
export const fetch = handle(fetchApi, async (request, { broker, closed }) => {
  const deadline = Date.now() + request.maxWaitMs;
  for (;;) {
    const { topics, bytes, hasErrors } = read(broker, request);
    const waitMs = deadline - Date.now();
    if (bytes >= request.minBytes || hasErrors || waitMs <= 0 || closed.aborted) return { topics };
    await appended(logsOf(broker, request), request.minBytes - bytes, waitMs, closed);
  }
});

const EMPTY: Buffer = Buffer.alloc(0);

function read(broker: Broker, { topics, maxBytes }: FetchRequest) {
  let bytes = 0;
  let hasErrors = false;
  const limit = Math.min(maxBytes, MAX_RESPONSE_BYTES);
  const results = topics.map(({ name, partitions }) => ({
    name,
    partitions: partitions.map((partition) => {
      const result = readPartition(broker.topics.partition(name, partition.partitionIndex), partition, limit - bytes);
      // The first batch is sent whatever its size, so that a client can't be stuck before it; later ones only if they fit.
      const fits = bytes === 0 || bytes + result.records.length <= limit;
      if (fits) bytes += result.records.length;
      hasErrors ||= result.errorCode !== ErrorCode.NONE;
      return fits ? result : { ...result, records: EMPTY };
    }),
  }));
  return { topics: results, bytes, hasErrors };
}

function readPartition(log: PartitionLog | undefined, request: PartitionRequest, bytesLeft: number): PartitionResult {
  const { partitionIndex, fetchOffset, partitionMaxBytes, currentLeaderEpoch } = request;
  const result = (errorCode: ErrorCode, records = EMPTY): PartitionResult => ({
    partitionIndex,
    errorCode,
    highWatermark: log?.endOffset ?? -1,
    lastStableOffset: log?.endOffset ?? -1,
    logStartOffset: log?.startOffset ?? -1,
    records,
  });
  if (log === undefined) return result(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION);
  if (currentLeaderEpoch > LEADER_EPOCH) return result(ErrorCode.UNKNOWN_LEADER_EPOCH);
  if (bytesLeft <= 0 && fetchOffset >= log.startOffset && fetchOffset <= log.endOffset) return result(ErrorCode.NONE);
  const records = log.read(fetchOffset, Math.max(0, Math.min(partitionMaxBytes, bytesLeft)));
  return records === undefined ? result(ErrorCode.OFFSET_OUT_OF_RANGE) : result(ErrorCode.NONE, records);
}

const logsOf = (broker: Broker, { topics }: FetchRequest): readonly PartitionLog[] =>
  topics.flatMap(({ name, partitions }) =>
    partitions.flatMap(({ partitionIndex }) => broker.topics.partition(name, partitionIndex) ?? []),
  );

/** Resolves when this many bytes have been appended, the time is over, or the connection has closed: no polling. */
function appended(
  logs: readonly PartitionLog[],
  wantedBytes: number,
  timeoutMs: number,
  closed: AbortSignal,
): Promise<void> {
  return new Promise((resolve) => {
    let bytes = 0;
    const finish = (): void => {
      clearTimeout(timer);
      closed.removeEventListener('abort', finish);
      for (const stop of stops) stop();
      resolve();
    };
    const onAppend = (size: number): void => {
      bytes += size;
      if (bytes >= wantedBytes) finish();
    };
    const stops = logs.map((log) => log.onAppend(onAppend));
    const timer = setTimeout(finish, timeoutMs).unref();
    closed.addEventListener('abort', finish);
  });
}
