import type { InboxEntry, LetterSummary, OutboxMessage, ParkedKey, TimelineEntry } from '@waybill/order-story';

import type { AdminClient } from './admin-client.js';
import {
  anything,
  type Decode,
  type Decoded,
  flag,
  id,
  list,
  nullable,
  number,
  object,
  oneOf,
  optional,
  table,
  text,
} from './decode.js';

const money = object({ amount: number, currency: text });
const problem = object({ step: text, code: text, message: text });
const order = object({
  id: text,
  status: text,
  customerId: text,
  items: list(object({ sku: text, quantity: number })),
  total: money,
  placedAt: text,
  updatedAt: text,
  failure: optional(problem),
});
const orderPage = object({ items: list(order), nextCursor: optional(text) });
export const heldEffect = object({ step: text, skipped: flag, charged: optional(money) });
const SAGA = {
  orderId: text,
  status: text,
  step: optional(text),
  startedAt: optional(text),
  updatedAt: optional(text),
  deadlineAt: optional(text),
  error: optional(object({ step: optional(text), code: optional(text), message: optional(text) })),
  held: optional(list(heldEffect)),
};
const saga = object(SAGA);
const sagaPage = object({ items: list(saga), nextCursor: optional(text) });
const sagaDetail = object({
  ...SAGA,
  steps: list(
    object({
      name: text,
      status: text,
      attempts: number,
      startedAt: optional(text),
      endedAt: optional(text),
      error: optional(object({ code: text, message: text })),
    }),
  ),
  failure: optional(problem),
});
const timelineEntry: Decode<TimelineEntry> = object({
  at: text,
  service: text,
  kind: oneOf(['http', 'command', 'event', 'saga'], 'saga'),
  type: text,
  messageId: nullable(text),
  causationId: nullable(text),
  detail: nullable(table(anything)),
});
const message = object({
  id: text,
  topic: text,
  type: text,
  key: nullable(text),
  source: text,
  subject: nullable(text),
  time: text,
  correlationId: text,
  causationId: nullable(text),
  traceparent: nullable(text),
  createdAt: text,
  publishedAt: nullable(text),
  isSetAside: flag,
  bytes: number,
  data: anything,
});
const outboxMessage: Decode<OutboxMessage> = (value, at) => ({ data: null, ...message(value, at) });
const inboxEntry: Decode<InboxEntry> = object({
  source: text,
  messageId: text,
  outcome: text,
  receivedAt: text,
  partition: nullable(number),
  position: nullable(id),
});
const state = oneOf(['dead', 'retrying', 'parked', 'handled', 'discarded', 'superseded'], 'dead');
const letter: Decode<LetterSummary> = object({
  id,
  state,
  type: nullable(text),
  key: nullable(text),
  topic: text,
  partition: number,
  position: id,
  handler: nullable(text),
  attempts: number,
  reason: nullable(text),
  fingerprint: nullable(text),
  lastError: nullable(text),
  heldAt: text,
  updatedAt: text,
  nextAttemptAt: nullable(text),
});

const parkedKey: Decode<ParkedKey> = object({
  topic: text,
  key: nullable(text),
  subscriber: nullable(text),
  parkedAt: text,
  messages: number,
  head: nullable(object({ id, state: oneOf(['dead', 'retrying', 'parked'], 'parked'), nextAttemptAt: nullable(text) })),
});

export type Order = Decoded<typeof order>;
export type Saga = Decoded<typeof saga>;
export type SagaDetail = Decoded<typeof sagaDetail>;
export type HeldEffect = Decoded<typeof heldEffect>;

export const ORDER_STATUSES = ['PLACED', 'FULFILLED', 'REJECTED', 'CANCELLED'] as const;

export interface OrderFilter {
  readonly customerId?: string | undefined;
  readonly status?: string | undefined;
  /** ISO 8601. */
  readonly placedSince?: string | undefined;
  readonly placedUntil?: string | undefined;
}

/** What the order service knows of orders and their sagas, and what each service knows of an order's messages. */
export const orders = {
  page: (client: AdminClient, filter: OrderFilter, limit: number, cursor?: string) =>
    client.read('/orders', orderPage, { ...filter, limit, cursor }),
  find: (client: AdminClient, orderId: string) => client.read(`/orders/${encodeURIComponent(orderId)}`, order),
  timeline: (client: AdminClient, orderId: string) =>
    client.get(`/sagas/${encodeURIComponent(orderId)}/timeline`, list(timelineEntry)),
  sagaPage: (client: AdminClient, status: string | undefined, limit: number, cursor?: string) =>
    client.get('/sagas', sagaPage, { status, limit, cursor }),
  saga: (client: AdminClient, orderId: string) => client.get(`/sagas/${encodeURIComponent(orderId)}`, sagaDetail),
  sent: (client: AdminClient, path: string) => client.read(path, list(outboxMessage)),
  taken: (client: AdminClient, path: string) => client.read(path, list(inboxEntry)),
  parked: async (client: AdminClient, path: string) =>
    (await client.read(path, object({ items: list(parkedKey) }))).items,
  letters: async (client: AdminClient, path: string) =>
    (await client.read(path, object({ items: list(letter) }))).items,
};
