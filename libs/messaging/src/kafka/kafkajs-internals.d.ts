/** The part of kafkajs that stop-idle-timers.ts corrects; kafkajs publishes no types for it. */
declare module 'kafkajs/src/network/requestQueue/index.js' {
  export default class RequestQueue {
    readonly pending: readonly unknown[];
    readonly inflight: ReadonlyMap<
      number,
      { readonly sentAt: number; readonly requestTimeout: number; timeoutRequest(): void }
    >;
    readonly enforceRequestTimeout: boolean;
    requestTimeoutIntervalId: NodeJS.Timeout | undefined;
    scheduleCheckPendingRequests(): void;
    scheduleRequestTimeoutCheck(): void;
    isConnected(): boolean;
    /** Ends the check for timed-out requests. */
    destroy(): void;
  }
}
