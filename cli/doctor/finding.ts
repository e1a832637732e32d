import type { ServiceName } from '@waybill/contracts';

/** One thing that is wrong, what it means, and what to do. */
export interface Finding {
  /** None: this machine. */
  readonly service?: ServiceName;
  /** Stable, for scripts and alerts. */
  readonly code: FindingCode;
  readonly what: string;
  readonly todo: string;
  /** Arguments of the CLI, if a command of it helps. */
  readonly command?: string;
}

export type FindingCode =
  | 'ADMIN_FAILED'
  | 'BROKER_DEAD_LETTERS'
  | 'CLOCK_SKEW'
  | 'COMPENSATION_FAILED'
  | 'CONSUMER_LAG'
  | 'DEAD_LETTERS'
  | 'DEGRADED'
  | 'ERASURE_PENDING'
  | 'LANE_ISSUE'
  | 'LANE_STILL'
  | 'TOPIC_MISSING'
  | 'NODE_VERSION'
  | 'NOT_LIVE'
  | 'NOT_READY'
  | 'ORPHANED_ORDERS'
  | 'OUTBOX_REFUSED'
  | 'OUTBOX_STUCK'
  | 'PARKED_KEYS'
  | 'PROJECTION_BEHIND'
  | 'PROJECTION_OUTDATED'
  | 'REBUILD_FAILED'
  | 'UNREACHABLE';

/** From here on something is wrong; below, it is traffic. All in seconds. */
export const THRESHOLDS = {
  parkedSeconds: 300,
  erasureSeconds: 3_600,
  outboxSeconds: 30,
  lagSeconds: 60,
  projectionSeconds: 60,
  clockSkewSeconds: 2,
} as const;
