import type { AdminClient } from './admin-client.js';
import { type Decoded, flag, id, list, number, object, optional, table, text } from './decode.js';
import type { Operator } from './letter-filter.js';
import { heldEffect } from './orders.js';

const outboxTopic = object({
  topic: text,
  unpublished: number,
  oldestAgeSeconds: optional(number),
  leases: list(object({ shard: id, owner: optional(text), epoch: id, expiresAt: text })),
  backoff: optional(object({ since: optional(text), error: optional(text) })),
});
const refusedMessage = object({
  id: text,
  topic: text,
  key: optional(text),
  type: text,
  reason: text,
  refusals: number,
  refusedAt: text,
  waitingBehind: number,
});
const outbox = object({
  unpublished: number,
  oldestAgeSeconds: optional(number),
  topics: list(outboxTopic),
  refused: list(refusedMessage),
});
const consumedTopic = object({
  topic: text,
  group: optional(text),
  partitions: number,
  lagMessages: optional(number),
  lagSeconds: optional(number),
  issues: optional(list(text)),
  brokerDeadLetters: optional(list(object({ queue: text, records: number }))),
});
const laneIssue = object({
  id,
  topic: text,
  partition: number,
  kind: text,
  first: text,
  next: text,
  reason: text,
  foundAt: text,
});
const orphan = object({ orderId: text, letters: number, answers: list(text), since: text });
const orphanPage = object({ items: list(orphan), nextCursor: optional(text) });
const readiness = object({ checks: optional(table(object({ ok: flag, detail: optional(text) }))) });

export type OutboxState = Decoded<typeof outbox>;
export type ConsumedTopic = Decoded<typeof consumedTopic>;
export type LaneIssue = Decoded<typeof laneIssue>;
export type Orphan = Decoded<typeof orphan>;
/** What an operator can do about a message that the broker refuses for good. */
export type RefusalAction = 'retry' | 'discard';
export type SagaAction = 'force' | 'retry' | 'skip';

export const serviceState = {
  outbox: (client: AdminClient) => client.get('/outbox', outbox),
  decideRefusal: (client: AdminClient, id: string, action: RefusalAction, operator: { who: string; why: string }) =>
    client.act(`/outbox/refused/${encodeURIComponent(id)}/${action}`, operator, object({ id: text, outcome: text })),
  publishCatalogue: (client: AdminClient, operator: { who: string; why: string }) =>
    client.act('/catalogue/publish', operator, object({ products: number })),
  topics: (client: AdminClient) => client.get('/topics', list(consumedTopic)),
  laneIssues: (client: AdminClient) => client.get('/lanes', list(laneIssue)),
  settleLane: (client: AdminClient, issue: string, operator: Operator) =>
    client.act(
      `/lanes/${encodeURIComponent(issue)}/settle`,
      operator,
      object({ kind: text, topic: text, partition: number }),
    ),
  operateSaga: (client: AdminClient, orderId: string, action: SagaAction, operator: { who: string; why: string }) =>
    client.act(
      `/sagas/${encodeURIComponent(orderId)}/${action}`,
      operator,
      object({ status: text, step: optional(text), held: optional(list(heldEffect)) }),
    ),
  orphanPage: (client: AdminClient, limit: number, cursor?: string) =>
    client.get('/orphans', orphanPage, { limit, cursor }),
  recoverOrder: (client: AdminClient, orderId: string, operator: Operator) =>
    client.act(
      `/orphans/${encodeURIComponent(orderId)}/recover`,
      operator,
      object({ orderId: text, status: text, step: optional(text) }),
    ),
  /** The checks behind /health/ready; undefined if the body isn't one of ours. */
  checksIn(body: unknown): Decoded<typeof readiness>['checks'] {
    try {
      return readiness(body, '').checks;
    } catch {
      return undefined;
    }
  },
};
