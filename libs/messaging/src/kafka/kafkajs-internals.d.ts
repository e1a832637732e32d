/** The parts of kafkajs that stop-idle-timers.ts and long-polls.ts correct; kafkajs publishes no types for them. */
declare module 'kafkajs/src/network/requestQueue/index.js' {
  interface SocketRequest {
    readonly entry: { readonly apiKey: number };
    readonly sentAt: number;
    readonly requestTimeout: number;
    timeoutRequest(): void;
  }

  export default class RequestQueue {
    readonly pending: readonly unknown[];
    readonly inflight: Map<number, SocketRequest>;
    readonly enforceRequestTimeout: boolean;
    scheduleCheckPendingRequests(): void;
    scheduleRequestTimeoutCheck(): void;
    isConnected(): boolean;
    waitForPendingRequests(): Promise<void>;
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
