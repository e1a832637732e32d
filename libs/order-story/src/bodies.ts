/** What the services' admin APIs say of an order's messages, as far as its story is told by it. Times are ISO 8601. */
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
