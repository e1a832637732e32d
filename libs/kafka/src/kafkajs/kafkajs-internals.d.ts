/** The parts of kafkajs that are corrected (ADR 13), and what the corrections use; kafkajs publishes no types for them. */
declare module 'kafkajs/src/network/requestQueue/index.js' {
  interface SocketRequest {
    readonly entry: { readonly apiKey: number };
    readonly sentAt: number;
    readonly requestTimeout: number;
    timeoutRequest(): void;
    rejected(error: Error): void;
  }

  export default class RequestQueue {
    constructor(options: Record<string, unknown>);
    /** Its address, `host:port`. */
    readonly broker: string;
    readonly pending: readonly unknown[];
    readonly inflight: Map<number, SocketRequest>;
    readonly enforceRequestTimeout: boolean;
    scheduleCheckPendingRequests(): void;
    scheduleRequestTimeoutCheck(): void;
    isConnected(): boolean;
    waitForPendingRequests(): Promise<void>;
    push(request: { readonly entry: object; readonly expectResponse: boolean; sendRequest(): void }): void;
    fulfillRequest(answer: { readonly correlationId: number; readonly payload: Buffer; readonly size: number }): void;
    /** Ends the check for timed-out requests. */
    destroy(): void;
  }
}

declare module 'kafkajs/src/cluster/index.js' {
  /** What a producer knows of the brokers. For specs. */
  export default class Cluster {
    connect(): Promise<void>;
    isConnected(): boolean;
    addMultipleTargetTopics(topics: readonly string[]): Promise<void>;
    refreshMetadata(): Promise<void>;
    refreshMetadataIfNecessary(): Promise<void>;
    findTopicPartitionMetadata(topic: string): readonly { readonly partitionId: number; readonly leader: number }[];
    findLeaderForPartitions(topic: string, partitions: readonly string[]): Readonly<Record<number, readonly number[]>>;
    findBroker(of: { readonly nodeId: string }): Promise<object>;
  }
}

declare module 'kafkajs/src/consumer/consumerGroup.js' {
  interface Lanes {
    readonly topic: string;
    readonly partitions: readonly number[];
  }

  export default class ConsumerGroup {
    constructor(options: Record<string, unknown>);
    /** Of a fetch; read at each. */
    maxWaitTime: number;
    readonly subscriptionState: { assigned(): readonly Lanes[]; active(): readonly Lanes[] };
    /** @returns batches, of a topic and partition each */
    fetch(nodeId: number): Promise<readonly object[]>;
    readonly memberId: string | null;
    readonly groupId: string;
    readonly sessionTimeout: number;
    /** When it has sent its last heartbeat that was answered. */
    readonly lastRequest: number;
    coordinator: object;
    readonly cluster: {
      getNodeIds(): readonly unknown[];
      readonly brokerPool: {
        readonly brokers: Readonly<
          Record<number, { readonly connectionPool: { readonly host: string; readonly port: number } }>
        >;
      };
      findGroupCoordinator(of: { readonly groupId: string }): Promise<object>;
    };
    heartbeat(options: { readonly interval: number }): Promise<void>;
    /** Where lanes are to continue, until the next fetch. */
    readonly seekOffset: { clear(): void };
    seek(position: { readonly topic: string; readonly partition: number; readonly offset: string }): void;
    /** The positions of this generation; a join sets new ones, and tells of itself then. */
    readonly offsetManager: {
      coordinator: object;
      nextOffset(topic: string, partition: number): { toString(): string };
    };
    recoverFromOffsetOutOfRange(error: { readonly topic: string; readonly partition: number }): Promise<void>;
    recoverFromFetch(error: Error): Promise<void>;
    resume(lanes: readonly { readonly topic: string; readonly partitions?: readonly number[] }[]): void;
  }
}

declare module 'kafkajs/src/consumer/runner.js' {
  import type ConsumerGroup from 'kafkajs/src/consumer/consumerGroup.js';

  export default class Runner {
    constructor(options: Record<string, unknown>);
    readonly consumerGroup: ConsumerGroup;
    start(): Promise<void>;
    handleBatch(batch: object): Promise<void>;
    stop(): Promise<void>;
  }
}

declare module 'kafkajs/src/errors.js' {
  export class KafkaJSNonRetriableError extends Error {
    constructor(cause: Error);
  }

  export class KafkaJSConnectionClosedError extends Error {
    constructor(message: string, address: { readonly host: string; readonly port: number });
  }
}

declare module 'kafkajs/src/protocol/decoder.js' {
  export default class Decoder {
    constructor(buffer: Buffer);
    readInt16(): number;
    readInt32(): number;
    readInt64(): bigint;
    readVarLong(): unknown;
    readString(): string | null;
    canReadBytes(count: number): boolean;
    readBytes(count: number): Buffer;
    readArray<Item>(read: (decoder: Decoder) => Item): readonly Item[];
    readArrayAsync<Item>(read: (decoder: Decoder) => Promise<Item>): Promise<readonly Item[]>;
  }
}

declare module 'kafkajs/src/protocol/encoder.js' {
  /** All that kafkajs looks at where it copies one encoder into another. */
  export interface Encoded {
    readonly buf: Buffer;
    /** What is written of `buf`. */
    readonly buffer: Buffer;
    /** Of ours: what `buf` is the end of, behind so many bytes that are free. */
    readonly room?: { readonly whole: Buffer; readonly bytes: number };
  }

  export default class Encoder {
    buf: Buffer;
    readonly buffer: Buffer;
    /** How much of `buf` is written. */
    offset: number;
    room?: Encoded['room'];
    writeEncoder(encoded: Encoded): Encoder;
    /** Copies. */
    writeBufferInternal(data: Buffer): void;
  }
}

declare module 'kafkajs/src/protocol/messageSet/decoder.js' {
  import type { KafkaMessage } from 'kafkajs';
  import type Decoder from 'kafkajs/src/protocol/decoder.js';

  /** Reads messages of the formats 0 and 1. */
  export default function decodeMessageSet(decoder: Decoder, bytes: number): Promise<readonly KafkaMessage[]>;
}

declare module 'kafkajs/src/protocol/recordBatch/crc32C/index.js' {
  export default function crc32c(data: Buffer): number;
}

declare module 'kafkajs/src/protocol/recordBatch/v0/decoder.js' {
  import type { KafkaMessage } from 'kafkajs';
  import type Decoder from 'kafkajs/src/protocol/decoder.js';

  export default function decodeRecordBatch(decoder: Decoder): Promise<{ readonly records: readonly KafkaMessage[] }>;
}

declare module 'kafkajs/src/protocol/requests/fetch/v11/response.js' {
  const response: { decode(rawData: Buffer): Promise<object> };
  export default response;
}

declare module 'kafkajs/src/protocol/requests/index.js' {
  import type produce from 'kafkajs/src/protocol/requests/produce/index.js';

  export const requests: { readonly Produce: typeof produce };
  type Versions = Readonly<Record<number, { readonly minVersion: number; readonly maxVersion: number }>>;
  /** With what a broker speaks, by API. */
  export function lookup(
    versions: Versions,
  ): (apiKey: number, definition: typeof produce) => ReturnType<(typeof produce)['protocol']>;
}

declare module 'kafkajs/src/protocol/requests/produce/index.js' {
  import type { HeaderValue } from '@waybill/messaging';
  import type { Encoded } from 'kafkajs/src/protocol/encoder.js';

  export interface ProduceRequest {
    readonly acks: number;
    readonly timeout: number;
    readonly compression?: number;
    readonly transactionalId?: string;
    /** -1 = not idempotent. */
    readonly producerId?: number;
    readonly topicData: readonly { readonly topic: string; readonly partitions: readonly PartitionData[] }[];
  }

  export interface PartitionData {
    readonly partition: number;
    readonly messages: readonly MessageToSend[];
  }

  export interface MessageToSend {
    readonly key?: HeaderValue | null;
    readonly value: HeaderValue | null;
    readonly headers?: Readonly<Record<string, HeaderValue | readonly HeaderValue[]>>;
    readonly timestamp?: string;
  }

  const produce: {
    protocol(options: { readonly version: number }): (asked: ProduceRequest) => {
      readonly request: { encode(): Promise<Encoded> };
      readonly response: object;
    };
  };
  export default produce;
}

declare module 'kafkajs/src/protocol/requests/produce/v2/request.js' {
  export { default } from 'kafkajs/src/protocol/requests/produce/v3/request.js';
}

declare module 'kafkajs/src/protocol/requests/produce/v3/request.js' {
  import type { Encoded } from 'kafkajs/src/protocol/encoder.js';
  import type { ProduceRequest } from 'kafkajs/src/protocol/requests/produce/index.js';

  export default function makeRequest(asked: ProduceRequest): { encode(): Promise<Encoded> };
}

declare module 'kafkajs/src/protocol/request.js' {
  import type { Encoded } from 'kafkajs/src/protocol/encoder.js';

  /** What goes over the wire: the request behind its header and its length. */
  export default function createRequest(asked: {
    readonly correlationId: number;
    readonly clientId: string;
    readonly request: { encode(): Promise<Encoded> };
  }): Promise<Encoded>;
}
