import { randomBytesOfPool } from '../ids/random-pool.js';

/** What a W3C `traceparent` header says (Trace Context, version 00). */
export interface TraceContext {
  /** 32 lowercase hex digits. */
  readonly traceId: string;
  /** 16 lowercase hex digits. */
  readonly spanId: string;
  readonly sampled: boolean;
}

const TRACEPARENT = /^(?!ff)[0-9a-f]{2}-(?!0{32})([0-9a-f]{32})-(?!0{16})([0-9a-f]{16})-([0-9a-f]{2})(?:-.*)?$/;

/** Starts a trace: a `traceparent` with fresh trace and span ids, sampled. */
export function newTraceparent(): string {
  return `00-${randomHex(16)}-${randomHex(8)}-01`;
}

/**
 * The `traceparent` of work caused by `parent`: same trace and flags, a span id of its own. A parent that is missing or
 * malformed starts a new trace, as Trace Context demands: a foreign client's header must never break a request.
 */
export function childTraceparent(parent: string | undefined): string {
  const trace = parseTraceparent(parent);
  return trace ? `00-${trace.traceId}-${randomHex(8)}-${trace.sampled ? '01' : '00'}` : newTraceparent();
}

/** `undefined` for anything that isn't a valid `traceparent`. */
export function parseTraceparent(header: string | undefined): TraceContext | undefined {
  const match = header === undefined ? null : TRACEPARENT.exec(header);
  if (!match) return undefined;
  const [, traceId = '', spanId = '', flags = ''] = match;
  return { traceId, spanId, sampled: (Number.parseInt(flags, 16) & 1) === 1 };
}

function randomHex(bytes: number): string {
  return randomBytesOfPool(bytes).toString('hex');
}
