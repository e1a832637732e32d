import type { ModuleRef } from '@nestjs/core';
import { Metrics } from '@waybill/observability';

import type { CrashMarkers } from '../crash-markers.js';
import type { LaneLedger } from '../lanes/lane-ledger.js';
import type { ClaimCheck } from '../payload-store.js';
import type { FailureStore, Inbox, UnitOfWork } from '../ports.js';
import type { KeptTimes } from '../retention/gather-retention.js';
import type { OutboxLimits } from '../retention/retention-model.js';
import {
  CLAIM_CHECK,
  CRASH_MARKERS,
  FAILURE_STORE,
  INBOX,
  LANE_LEDGER,
  OUTBOX_LIMITS,
  UNIT_OF_WORK,
} from '../tokens.js';

/** What the application must have bound before anything is consumed. */
export interface ConsumerPorts {
  readonly unitOfWork: UnitOfWork<unknown>;
  readonly inbox: Inbox<unknown>;
  readonly failures: FailureStore<unknown>;
}

/** What it has bound. */
export interface BoundPorts {
  readonly required: Partial<ConsumerPorts>;
  readonly claimCheck: ClaimCheck | undefined;
  readonly crashMarkers: CrashMarkers | undefined;
  readonly laneLedger: LaneLedger<never> | undefined;
  readonly metrics: Metrics | undefined;
  /** What they work with, for the check of retention. */
  readonly own: Partial<KeptTimes>;
}

/** Looked up at the start, not injected: the application binds them in any module, and what they need may need the consumer. */
export function findPorts(moduleRef: ModuleRef): BoundPorts {
  const find = (token: symbol | typeof Metrics): unknown => {
    try {
      return moduleRef.get<unknown>(token, { strict: false });
    } catch {
      return undefined; // a required one that is missing is reported as a fault, with the others
    }
  };
  // The tokens' documentation says what is bound to them; Nest can't check it.
  const unitOfWork = find(UNIT_OF_WORK) as UnitOfWork<unknown> | undefined;
  const inbox = find(INBOX) as Inbox<unknown> | undefined;
  const failures = find(FAILURE_STORE) as FailureStore<unknown> | undefined;
  const outbox = find(OUTBOX_LIMITS) as OutboxLimits | undefined;
  return {
    own: {
      ...(inbox?.windowMs !== undefined && { inboxWindowMs: inbox.windowMs }),
      ...(outbox?.retentionMs !== undefined && { outboxMs: outbox.retentionMs }),
      ...(failures?.retentionMs !== undefined && { deadLettersMs: failures.retentionMs }),
      ...(outbox && { maxMessageBytes: outbox.maxMessageBytes }),
    },
    required: { ...(unitOfWork && { unitOfWork }), ...(inbox && { inbox }), ...(failures && { failures }) },
    claimCheck: find(CLAIM_CHECK) as ClaimCheck | undefined,
    crashMarkers: find(CRASH_MARKERS) as CrashMarkers | undefined,
    laneLedger: find(LANE_LEDGER) as LaneLedger<never> | undefined,
    metrics: find(Metrics) as Metrics | undefined,
  };
}

export function isBound(ports: Partial<ConsumerPorts>): ports is ConsumerPorts {
  return portFaults(ports).length === 0;
}

export function portFaults({ unitOfWork, inbox, failures }: Partial<ConsumerPorts>): readonly string[] {
  return [
    unitOfWork ? '' : 'UNIT_OF_WORK is not bound; provide it with useExisting: Database',
    inbox ? '' : 'INBOX is not bound; provide it with useExisting: PostgresInbox',
    failures ? '' : 'FAILURE_STORE is not bound; provide it with useExisting: DeadLetterStore',
  ].filter((fault) => fault !== '');
}
