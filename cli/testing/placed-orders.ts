import type { ContractServer } from './contract-server.js';

const START = Date.parse('2026-11-25T10:00:00.000Z');
export const at = (ms: number): string => new Date(START + ms).toISOString();

/** A UUIDv7 of that time. */
export function idAt(ms: number, end = 'c55-0a1b2c3d4e5f'): string {
  const time = (START + ms).toString(16).padStart(12, '0');
  return `${time.slice(0, 8)}-${time.slice(8)}-7b3a-9${end}`;
}

/** One more order of the order service. */
export function placeOn(order: ContractServer, ms: number, more: object = {}) {
  const placed = {
    id: idAt(ms),
    status: 'PLACED',
    customerId: 'ada',
    items: [{ sku: 'SKU-MUG-BLUE', quantity: 2 }],
    total: { amount: 2500, currency: 'EUR' },
    placedAt: at(ms),
    updatedAt: at(ms),
    ...more,
  };
  order.state.orders.push(placed);
  return placed;
}
