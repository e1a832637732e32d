import type { AdminClient } from './admin-client.js';
import { anything, type Decoded, id, list, object, optional, table, text } from './decode.js';

const act = object({
  id,
  at: text,
  act: text,
  who: optional(text),
  why: optional(text),
  subject: optional(text),
  key: optional(text),
  detail: table(anything),
});
const actPage = object({ items: list(act), nextCursor: optional(id) });

export type Act = Decoded<typeof act>;

export interface ActFilter {
  readonly who?: string | undefined;
  /** An order, or what it was done to. */
  readonly about?: string | undefined;
  /** ISO 8601. */
  readonly since?: string | undefined;
}

/** What operators did to a service, newest first. */
export const acts = {
  page: (client: AdminClient, filter: ActFilter, limit: number, cursor?: string) =>
    client.get('/audit', actPage, { ...filter, limit, cursor }),
};
