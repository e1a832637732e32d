/** What the services answer, as far as the page reads it. */
export interface Money {
  readonly amount: number;
  readonly currency: string;
}

export const ORDER_STATUSES = ['PLACED', 'CANCELLING', 'FULFILLED', 'REJECTED', 'CANCELLED'] as const;
export type OrderStatus = (typeof ORDER_STATUSES)[number];

export interface OrderBody {
  readonly id: string;
  readonly status: OrderStatus;
  readonly customerId: string;
  readonly items: readonly { readonly sku: string; readonly quantity: number; readonly lineTotal: number }[];
  readonly total: Money;
  readonly placedAt: string;
  readonly updatedAt: string;
  readonly failure?: { readonly step: string; readonly code: string; readonly message: string };
}

export interface Page<Item> {
  readonly items: readonly Item[];
  readonly nextCursor: string | null;
}

export interface SagaStep {
  readonly name: string;
  readonly status: string;
  readonly attempts: number;
  readonly startedAt: string | null;
  readonly endedAt: string | null;
  readonly error?: { readonly code: string; readonly message: string };
}

export interface SagaBody {
  readonly status: 'RUNNING' | 'COMPLETED' | 'COMPENSATING' | 'COMPENSATED' | 'COMPENSATION_FAILED';
  readonly step: string;
  readonly steps: readonly SagaStep[];
  readonly deadlineAt: string | null;
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
}
