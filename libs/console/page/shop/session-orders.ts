import { computed, signal } from '@preact/signals';

import { act, ask, Refusal } from '../api.js';
import type { OrderBody } from '../bodies.js';
import { newestOrders } from '../live.js';
import { randomId } from '../random-id.js';
import type { OrderRequest } from './presets.js';

/** What this page has placed, since it was opened in this tab. */
export interface SessionOrder {
  readonly id: string;
  readonly label: string;
  readonly order: OrderBody;
}

const KEY = 'waybill shop';
const MOST_KEPT = 500;
const AT_ONCE = 8;

interface Kept {
  readonly customerId: string;
  readonly orders: readonly SessionOrder[];
}

const kept = signal<Kept>(restored());
export const customerId = computed(() => kept.value.customerId);
export const placing = signal(0);
export const refused = signal<Refusal | undefined>(undefined);

/** Newest first, each as it was last seen. */
export const sessionOrders = computed(() => {
  const newest = new Map(newestOrders.value?.map((order) => [order.id, order]));
  return kept.value.orders.map((one) => ({ ...one, order: newest.get(one.id) ?? one.order }));
});

function restored(): Kept {
  const fresh = { customerId: `shop-${randomId().slice(0, 8)}`, orders: [] };
  try {
    return (JSON.parse(sessionStorage.getItem(KEY) ?? 'null') as Kept | null) ?? fresh;
  } catch {
    return fresh;
  }
}

function keep(orders: readonly SessionOrder[]): void {
  kept.value = { customerId: kept.value.customerId, orders: orders.slice(0, MOST_KEPT) };
  sessionStorage.setItem(KEY, JSON.stringify(kept.value));
}

/** Places it as often as said, a few at once; the first refusal ends it. */
export async function place(label: string, request: OrderRequest, times = 1): Promise<void> {
  refused.value = undefined;
  placing.value += times;
  let left = times;
  const placeSome = async (): Promise<void> => {
    while (left > 0 && refused.value === undefined) {
      left -= 1;
      try {
        const order = await act<OrderBody>('order', '/orders', request);
        keep([{ id: order.id, label, order }, ...kept.value.orders]);
      } catch (error) {
        refused.value = error instanceof Refusal ? error : new Refusal(0, 'PAGE_FAULT', String(error));
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(AT_ONCE, times) }, placeSome));
  placing.value -= times;
}

/** Those that have not ended and that the live view doesn't show any more, a few at a time. */
export async function catchUp(): Promise<void> {
  const shown = new Set(newestOrders.value?.map(({ id }) => id));
  const stale = kept.value.orders.filter(({ id, order }) => isOpen(order) && !shown.has(id)).slice(-5);
  const found = await Promise.all(
    stale.map(({ id }) => ask<OrderBody>('order', `/orders/${id}`).catch(() => undefined)),
  );
  const byId = new Map(found.flatMap((order) => (order === undefined ? [] : [[order.id, order] as const])));
  if (byId.size > 0) keep(kept.value.orders.map((one) => ({ ...one, order: byId.get(one.id) ?? one.order })));
}

export function isOpen({ status }: OrderBody): boolean {
  return status === 'PLACED';
}
