import type { AdminClient } from './admin-client.js';
import { anything, type Decoded, flag, id, list, number, object, optional, table, text } from './decode.js';
import type { LetterFilter, Operator } from './letter-filter.js';

const SUMMARY = {
  id,
  state: text,
  type: optional(text),
  key: optional(text),
  topic: text,
  partition: optional(number),
  position: optional(id),
  handler: optional(text),
  subscriber: optional(text),
  attempts: number,
  reason: optional(text),
  fingerprint: optional(text),
  lastError: optional(text),
  heldAt: text,
  updatedAt: optional(text),
  nextAttemptAt: optional(text),
};
const letterSummary = object(SUMMARY);
const letterPage = object({ items: list(letterSummary), nextCursor: optional(text) });
const letter = object({
  ...SUMMARY,
  source: optional(text),
  messageId: optional(text),
  group: optional(text),
  timestamp: optional(text),
  headers: optional(table(anything)),
  firstError: optional(text),
  serviceVersion: optional(text),
  payloadKind: optional(text),
  payload: anything,
  payloadBytes: optional(number),
  behind: optional(number),
  supersededBy: optional(text),
});
const letterGroup = object({
  fingerprint: optional(text),
  type: optional(text),
  handler: optional(text),
  letters: number,
  keys: number,
  firstAt: text,
  lastAt: text,
  lastError: optional(text),
});
const auditEntry = object({
  at: text,
  action: text,
  who: text,
  why: text,
  detail: optional(object({ outcome: optional(text) })),
});
const previewItem = object({
  id,
  type: optional(text),
  key: optional(text),
  handler: optional(text),
  upcasters: list(text),
  runs: flag,
  reason: optional(text),
  behind: number,
});
const preview = object({ count: number, keys: number, items: list(previewItem) });
const replayPage = object({
  run: text,
  taken: number,
  replayed: number,
  skipped: number,
  failed: number,
  pending: number,
  failures: list(object({ id, error: optional(text), fingerprint: optional(text) })),
  remaining: number,
});
const runStanding = object({
  run: text,
  who: optional(text),
  why: optional(text),
  startedAt: optional(text),
  replayed: number,
  skipped: number,
  failed: number,
  pending: number,
});
const discarded = object({ discarded: number, remaining: number });
const edited = object({ id, messageId: text });
const parkedKey = object({
  topic: text,
  key: optional(text),
  subscriber: optional(text),
  parkedAt: text,
  messages: number,
  head: optional(object({ id, state: text, nextAttemptAt: optional(text) })),
});
const parkedPage = object({ items: list(parkedKey), nextCursor: optional(text) });

export type LetterSummary = Decoded<typeof letterSummary>;
export type Letter = Decoded<typeof letter>;
export type LetterGroup = Decoded<typeof letterGroup>;
export type AuditEntry = Decoded<typeof auditEntry>;
export type ReplayPage = Decoded<typeof replayPage>;
export type RunStanding = Decoded<typeof runStanding>;
export type ParkedKey = Decoded<typeof parkedKey>;

const PATH = '/dead-letters';
const at = (letterId: string): string => `${PATH}/${encodeURIComponent(letterId)}`;

export interface ReplayOrder extends Operator {
  readonly filter: LetterFilter;
  readonly limit: number;
  readonly run: string;
  /** How long to wait for the outcomes, in seconds; 30 at most. */
  readonly wait: number;
}

/** The dead letters of one service, as its admin API serves them. */
export const deadLetters = {
  page: (client: AdminClient, filter: LetterFilter, limit: number, cursor?: string) =>
    client.get(PATH, letterPage, { ...filter, limit, cursor }),
  count: async (client: AdminClient, filter: LetterFilter) =>
    (await client.get(`${PATH}/count`, object({ count: number }), { ...filter })).count,
  groups: (client: AdminClient, filter: LetterFilter) => client.get(`${PATH}/groups`, list(letterGroup), { ...filter }),
  show: (client: AdminClient, letterId: string) => client.get(at(letterId), letter),
  reveal: (client: AdminClient, letterId: string, operator: Operator) =>
    client.post(`${at(letterId)}/reveal`, operator, letter),
  audit: (client: AdminClient, letterId: string) => client.get(`${at(letterId)}/audit`, list(auditEntry)),
  preview: (client: AdminClient, filter: LetterFilter, limit: number) =>
    client.post(`${PATH}/preview`, { filter, limit }, preview),
  replay: (client: AdminClient, order: ReplayOrder) =>
    client.act(`${PATH}/replay`, order, replayPage, order.wait * 1000),
  run: (client: AdminClient, run: string) => client.get(`${PATH}/runs/${encodeURIComponent(run)}`, runStanding),
  discard: (client: AdminClient, filter: LetterFilter, limit: number, operator: Operator) =>
    client.act(`${PATH}/discard`, { filter, limit, ...operator }, discarded),
  edit: (
    client: AdminClient,
    letterId: string,
    edit: { payload: unknown; as: string | undefined },
    operator: Operator,
  ) => client.act(`${at(letterId)}/edit`, { ...edit, ...operator }, edited),
  parkedPage: (client: AdminClient, limit: number, cursor?: string) =>
    client.get('/parked-keys', parkedPage, { limit, cursor }),
};
