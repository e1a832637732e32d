import type { AdminClient } from './admin-client.js';
import { type Decoded, flag, list, number, object, optional, text } from './decode.js';
import type { Operator } from './letter-filter.js';

const rebuild = object({
  status: text,
  requestedBy: text,
  reason: text,
  requestedAt: text,
  endedAt: optional(text),
  position: optional(text),
  target: text,
  failure: optional(text),
});
const projection = object({
  name: text,
  lifecycle: text,
  version: number,
  builtVersion: number,
  builtAt: optional(text),
  lagEvents: number,
  lagSeconds: number,
  failing: optional(object({ failures: number, reason: text, at: text })),
  rebuild: optional(rebuild),
});

export type Projection = Decoded<typeof projection>;

const path = (name: string, action: string): string => `/projections/${encodeURIComponent(name)}/${action}`;

export const projections = {
  list: (client: AdminClient) => client.get('/projections', list(projection)),
  rebuild: (client: AdminClient, name: string, operator: Operator) =>
    client.act(path(name, 'rebuild'), operator, object({ name: text, begun: flag })),
  cancel: (client: AdminClient, name: string, operator: Operator) =>
    client.act(path(name, 'cancel'), operator, object({ name: text })),
};
