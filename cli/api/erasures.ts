import type { AdminClient } from './admin-client.js';
import { type Decoded, list, number, object, optional, text } from './decode.js';
import type { Operator } from './letter-filter.js';
import { takePages } from './pages.js';

const erased = object({
  erasureId: text,
  orderIds: list(text),
  unknownOrderIds: optional(list(text)),
  remaining: number,
});
const pending = object({ payment: number, shipping: number, payloads: number });
const erasure = object({ id: text, requestedAt: text, who: text, why: text, orders: number, pending });
const erasurePage = object({ items: list(erasure), nextCursor: optional(text) });
const orderPage = object({
  items: list(object({ orderId: text, erasureId: text, pending: list(text) })),
  nextCursor: optional(text),
});

export type Erased = Decoded<typeof erased>;
export type Erasure = Decoded<typeof erasure>;

/** Erasures of the order service. */
export const erasures = {
  eraseCustomer: (client: AdminClient, customerId: string, operator: Operator) =>
    client.act('/erasures', { customerId, ...operator }, erased),
  eraseOrders: (client: AdminClient, orderIds: readonly string[], operator: Operator) =>
    client.act('/erasures/orders', { orders: orderIds.map((orderId) => ({ orderId })), ...operator }, erased),
  page: (client: AdminClient, limit: number, cursor?: string) =>
    client.get('/erasures', erasurePage, { limit, cursor }),
  /** All that somebody has yet to confirm, however old they are. */
  pending: (client: AdminClient) =>
    takePages(Infinity, (limit, cursor) => client.get('/erasures', erasurePage, { limit, cursor, pending: 'true' })),
  orderPage: (client: AdminClient, limit: number, cursor?: string) =>
    client.get('/erasures/orders', orderPage, { limit, cursor }),
};
