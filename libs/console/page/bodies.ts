/** What the services answer, as far as the page reads it. */
export interface Money {
  readonly amount: number;
  readonly currency: string;
}

export const ORDER_STATUSES = ['PLACED', 'FULFILLED', 'REJECTED', 'CANCELLED'] as const;
export type OrderStatus = (typeof ORDER_STATUSES)[number];

export interface OrderLine {
  readonly sku: string;
  readonly quantity: number;
  readonly lineTotal: number;
}

export interface OrderFailure {
  readonly step: string;
  readonly code: string;
  readonly message: string;
}

export interface OrderBody {
  readonly id: string;
  readonly status: OrderStatus;
  readonly customerId: string;
  readonly items: readonly OrderLine[];
  readonly total: Money;
  readonly placedAt: string;
  readonly updatedAt: string;
  readonly failure?: OrderFailure;
}

export interface Page<Item> {
  readonly items: readonly Item[];
  readonly nextCursor: string | null;
}

export interface StepError {
  readonly code: string;
  readonly message: string;
}

export interface SagaStep {
  readonly name: string;
  readonly status: string;
  readonly attempts: number;
  readonly startedAt: string | null;
  readonly endedAt: string | null;
  readonly error?: StepError;
}

/** What is in place although the order isn't fulfilled. */
export interface HeldEffect {
  readonly step: string;
  /** By an operator; otherwise somebody has still to decide. */
  readonly skipped: boolean;
  /** Of a payment, where it said so. */
  readonly charged?: Money;
}

export interface SagaBody {
  readonly status: 'RUNNING' | 'COMPLETED' | 'COMPENSATING' | 'COMPENSATED' | 'COMPENSATION_FAILED';
  readonly step: string;
  readonly steps: readonly SagaStep[];
  readonly deadlineAt: string | null;
  readonly held?: readonly HeldEffect[];
}

export interface TimelineEntry {
  readonly at: string;
  readonly service: string;
  readonly kind: 'http' | 'command' | 'event' | 'saga';
  readonly type: string;
  readonly messageId: string | null;
  readonly causationId: string | null;
  readonly detail: Readonly<Record<string, unknown>> | null;
}

export interface OutboxMessage {
  readonly id: string;
  readonly topic: string;
  readonly type: string;
  readonly key: string | null;
  readonly source: string;
  readonly subject: string | null;
  readonly time: string;
  readonly correlationId: string;
  readonly causationId: string | null;
  readonly traceparent: string | null;
  readonly createdAt: string;
  readonly publishedAt: string | null;
  readonly isSetAside: boolean;
  readonly bytes: number;
  readonly data: unknown;
}

export interface InboxEntry {
  readonly source: string;
  readonly messageId: string;
  readonly outcome: string;
  readonly receivedAt: string;
  readonly partition: number | null;
  readonly position: string | null;
}

export interface LetterSummary {
  readonly id: string;
  readonly state: 'dead' | 'retrying' | 'parked' | 'handled' | 'discarded' | 'superseded';
  readonly type: string | null;
  readonly key: string | null;
  readonly topic: string;
  readonly partition: number;
  readonly position: string;
  readonly handler: string | null;
  readonly attempts: number;
  readonly reason: string | null;
  readonly fingerprint: string | null;
  readonly lastError: string | null;
  readonly heldAt: string;
  readonly updatedAt: string;
  readonly nextAttemptAt: string | null;
}

export interface Letter extends LetterSummary {
  readonly source: string;
  readonly messageId: string;
  readonly group: string;
  readonly timestamp: string;
  readonly headers: Readonly<Record<string, string | readonly string[]>>;
  readonly firstError: string | null;
  readonly serviceVersion: string;
  readonly payloadKind: 'masked' | 'withheld' | 'text' | 'base64' | 'none';
  readonly payload: unknown;
  readonly payloadBytes: number;
  readonly behind: number;
  readonly supersededBy: string | null;
}

export interface LetterGroup {
  readonly fingerprint: string | null;
  readonly type: string | null;
  readonly handler: string | null;
  readonly letters: number;
  readonly keys: number;
  readonly firstAt: string;
  readonly lastAt: string;
  readonly lastError: string | null;
  readonly trend: readonly number[];
}

export interface AuditedAction {
  readonly at: string;
  readonly action: 'replay' | 'discard' | 'edit' | 'reveal';
  readonly who: string;
  readonly why: string;
}

/** That somebody was shown the data of a message. */
export interface Reveal {
  readonly at: string;
  readonly who: string;
  readonly why: string;
}

export interface ParkedHead {
  readonly id: string;
  readonly state: 'dead' | 'retrying' | 'parked';
  readonly nextAttemptAt: string | null;
}

export interface ParkedKey {
  readonly topic: string;
  readonly key: string | null;
  readonly subscriber: string | null;
  readonly parkedAt: string;
  readonly messages: number;
  readonly head: ParkedHead | null;
}

export interface PreviewItem {
  readonly id: string;
  readonly runs: boolean;
  readonly reason?: string;
  readonly upcasters: readonly string[];
  readonly behind: number;
}

export interface ReplayPreview {
  readonly count: number;
  readonly keys: number;
  readonly items: readonly PreviewItem[];
}

export interface ReplayFailure {
  readonly id: string;
  readonly error: string | null;
}

/** What a page of a replay came to. */
export interface ReplayReport {
  readonly run: string;
  /** By this call; 0: there is nothing left to take. */
  readonly taken: number;
  readonly replayed: number;
  readonly skipped: number;
  readonly failed: number;
  readonly pending: number;
  readonly failures: readonly ReplayFailure[];
  readonly remaining: number;
}

export interface ReplayRun {
  readonly run: string;
  readonly who: string;
  readonly why: string;
  readonly startedAt: string;
  readonly replayed: number;
  readonly skipped: number;
  readonly failed: number;
  readonly pending: number;
}

export interface ReplayRunSummary extends ReplayRun {
  /** What it was asked for. */
  readonly filter: Readonly<Record<string, unknown>> | null;
}

export interface ReplayedLetter {
  readonly id: string;
  readonly outcome: 'replayed' | 'failed' | 'skipped' | 'pending';
  readonly endedAt: string | null;
  readonly key: string | null;
  readonly error: string | null;
}

export interface Sample {
  readonly metric: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/** What a service measures. */
export interface Overview {
  readonly at: string;
  readonly samples: readonly Sample[];
  /** What couldn't be read. */
  readonly unavailable: readonly string[];
}

export interface WaitingMessage {
  readonly id: string;
  readonly topic: string;
  readonly type: string;
  readonly key: string | null;
  readonly createdAt: string;
  readonly bytes: number;
}

export interface RefusedMessage {
  readonly id: string;
  readonly topic: string;
  readonly key: string | null;
  readonly type: string;
  readonly reason: string;
  readonly refusals: number;
  readonly refusedAt: string;
  readonly waitingBehind: number;
}

export interface OutboxState {
  readonly refused: readonly RefusedMessage[];
}

export interface LaneLag {
  readonly partition: number;
  readonly lagMessages: number;
  readonly lagSeconds: number;
  readonly first: string;
  readonly next: string | null;
  readonly end: string;
}

export interface LaneIssue {
  readonly id: string;
  readonly topic: string;
  readonly partition: number;
  readonly kind: 'foreign' | 'lost' | 'replaced' | 'rewound' | 'skipped' | 'topic-lost' | 'unreadable';
  readonly first: string;
  readonly next: string;
  readonly reason: string;
  readonly foundAt: string;
}
