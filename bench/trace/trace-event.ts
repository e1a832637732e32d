/** What is recorded of a message. */
export interface TracedMessage {
  readonly id: string;
  readonly type?: string;
  readonly correlationId?: string;
  /** The message, or the request, that caused it. */
  readonly causationId?: string | null;
}

/** Something that happened in a service, as its recorder saw it. */
export interface TraceEvent {
  /** Name of the diagnostics channel. */
  readonly point: string;
  /** Milliseconds by a clock that all processes of a machine share. */
  readonly atMs: number;
  /** Number of the transaction within its process. */
  readonly transaction?: number;
  readonly messages?: readonly TracedMessage[];
  /** Of an HTTP request. */
  readonly correlationId?: string;
}

/** Monotonic, and the same in all processes of this machine: `performance.now()` plus its origin isn't, to the fraction of a millisecond. */
export const nowMs = (): number => Number(process.hrtime.bigint()) / 1e6;
