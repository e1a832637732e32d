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

declare module 'kafkajs/src/consumer/consumerGroup.js' {
  interface Lanes {
    readonly topic: string;
    readonly partitions: readonly number[];
  }

  export default class ConsumerGroup {
    /** Of a fetch; read at each. */
    maxWaitTime: number;
    readonly subscriptionState: { assigned(): readonly Lanes[]; active(): readonly Lanes[] };
    fetch(nodeId: number): Promise<readonly unknown[]>;
    readonly memberId: string | null;
    readonly offsetManager: { nextOffset(topic: string, partition: number): { toString(): string } };
    recoverFromOffsetOutOfRange(error: { readonly topic: string; readonly partition: number }): Promise<void>;
    recoverFromFetch(error: Error): Promise<void>;
    resume(lanes: readonly { readonly topic: string; readonly partitions?: readonly number[] }[]): void;
  }
}

declare module 'kafkajs/src/consumer/runner.js' {
  import type ConsumerGroup from 'kafkajs/src/consumer/consumerGroup.js';

  export default class Runner {
    readonly consumerGroup: ConsumerGroup;
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
    readString(): string | null;
    canReadBytes(count: number): boolean;
    readBytes(count: number): Buffer;
    readArray<Item>(read: (decoder: Decoder) => Item): readonly Item[];
    readArrayAsync<Item>(read: (decoder: Decoder) => Promise<Item>): Promise<readonly Item[]>;
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
