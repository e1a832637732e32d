import type { BatchPorts } from './batch.js';
import type { ConsumerObserver } from './consumer-observer.js';
import type { QueueLimits } from './delivery-queue.js';
import type { Gate } from './gate.js';
import type { CallLimitGate } from './gates/call-limit/call-limit-gate.js';
import type { HandlerRegistry } from './handler-registry.js';
import type { RunningHandlers } from './running-handlers.js';

export interface EngineOptions<Tx> extends BatchPorts<Tx> {
  readonly group: string;
  readonly registry: HandlerRegistry;
  readonly running: RunningHandlers;
  /** Deadline of one outside call in milliseconds. */
  readonly callTimeoutMs: number;
  readonly calls: CallLimitGate;
  readonly queue: QueueLimits;
  /** Most messages of one transaction. */
  readonly maxBatch: number;
  readonly observer: ConsumerObserver;
  /** What may make a message wait, `calls` among it. Asked in this order. */
  readonly gates: readonly Gate[];
  /** After how many milliseconds a lane that doesn't move is reported. @default 60000 */
  readonly stillAfterMs?: number | undefined;
}
