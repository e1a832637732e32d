import {
  createAPI,
  fetchV12,
  fetchV13,
  fetchV14,
  fetchV15,
  fetchV16,
  fetchV17,
  FetchIsolationLevels,
} from '@platformatic/kafka';
import type { API, Base, Connection, Reader } from '@platformatic/kafka';

import type { AbortedTransaction } from '../aborted-producers.js';
import { apiOf } from './connection.js';

type FetchRequest = fetchV17.FetchRequest;
export type FetchRequestTopic = fetchV17.FetchRequestTopic;

/** The answer for one partition, its batches unread. */
export interface FetchedPartition {
  /** Up to version 12 the topic's name, from then on its id. */
  readonly topic: string;
  readonly partition: number;
  readonly errorCode: number;
  readonly aborted: readonly AbortedTransaction[];
  readonly batches: Buffer;
}

interface FetchAnswer {
  readonly errorCode: number;
  readonly partitions: readonly FetchedPartition[];
}

const FETCH = 1;
const FIRST_WITH_IDS = 13;
const NOTHING = Buffer.alloc(0);
const REQUESTS = { 12: fetchV12, 13: fetchV13, 14: fetchV14, 15: fetchV15, 16: fetchV16, 17: fetchV17 };

/**
 * The client's own requests, with answers that are read by us: it gives up the whole answer where one partition has an error, or one
 * batch can't be read.
 */
const APIS = new Map(
  Object.entries(REQUESTS).map(([version, { createRequest }]): [number, API<FetchRequest, FetchAnswer>] => [
    Number(version),
    createAPI<FetchRequest, FetchAnswer>(FETCH, Number(version), createRequest, readAnswer),
  ]),
);

export interface FetchLimits {
  readonly maxWaitMs: number;
  readonly maxBytes: number;
}

/** Fetches committed records, in the newest version that the brokers and the client know. */
export class FetchApi {
  private constructor(private readonly api: API<FetchRequest, FetchAnswer>) {}

  static async of(client: Base): Promise<FetchApi> {
    const { version } = await apiOf(client, 'Fetch');
    const api = APIS.get(version);
    if (!api) throw new Error(`Version ${version} of a fetch is unknown`);
    return new FetchApi(api);
  }

  /** Whether topics are named by their ids. */
  get usesIds(): boolean {
    return this.api.version >= FIRST_WITH_IDS;
  }

  fetch(
    connection: Connection,
    topics: FetchRequestTopic[],
    { maxWaitMs, maxBytes }: FetchLimits,
  ): Promise<FetchAnswer> {
    const [minBytes, noSession, noEpoch] = [1, 0, -1];
    const isolation = FetchIsolationLevels.READ_COMMITTED;
    return this.api.async(connection, maxWaitMs, minBytes, maxBytes, isolation, noSession, noEpoch, topics, [], '');
  }
}

function readAnswer(_correlationId: number, _key: number, version: number, reader: Reader): FetchAnswer {
  reader.readInt32(); // how long the broker has held the answer back
  const errorCode = reader.readInt16();
  reader.readInt32(); // a session
  const topics = reader.readArray((topic) => {
    const id = version >= FIRST_WITH_IDS ? topic.readUUID() : topic.readString();
    return topic.readArray((partition) => readPartition(id, partition));
  });
  return { errorCode, partitions: topics.flat() };
}

function readPartition(topic: string, reader: Reader): FetchedPartition {
  const partition = reader.readInt32();
  const errorCode = reader.readInt16();
  reader.readInt64(); // the end of the log
  reader.readInt64(); // the end of what is committed
  reader.readInt64(); // the beginning of the log
  const aborted = reader.readArray((one) => ({ producerId: one.readInt64(), firstOffset: one.readInt64() })) ?? [];
  reader.readInt32(); // a replica that is nearer
  const size = reader.readUnsignedVarInt() - 1;
  const batches = size > 0 ? reader.buffer.slice(reader.position, reader.position + size) : NOTHING;
  if (size > 0) reader.skip(size);
  return { topic, partition, errorCode, aborted, batches };
}
