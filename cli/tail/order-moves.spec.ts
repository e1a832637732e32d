import type { Order, OrderFilter } from '../api/orders.js';
import { OrderMoves } from './order-moves.js';

const START = Date.parse('2026-11-25T10:00:00Z');

/** Orders in memory, newest first, and how often they were asked for. */
class Orders {
  readonly all: Order[] = [];
  requests = 0;

  add(status = 'PLACED', atMs = this.all.length * 1_000): Order {
    const placedAt = new Date(START + atMs).toISOString();
    const order = {
      id: `order-${String(this.all.length).padStart(6, '0')}`,
      status,
      customerId: 'ada',
      items: [],
      total: { amount: 1, currency: 'EUR' },
      placedAt,
      updatedAt: placedAt,
    };
    this.all.push(order);
    return order;
  }

  move(id: string, status: string): void {
    const index = this.all.findIndex((order) => order.id === id);
    const order = this.all[index];
    if (order) this.all[index] = { ...order, status, updatedAt: new Date(START + 3_600_000).toISOString() };
  }

  readonly page = async ({ status, placedSince = '' }: OrderFilter, limit: number, cursor = '0') => {
    this.requests++;
    const found = this.all.filter(
      (order) => (status ?? order.status) === order.status && order.placedAt >= placedSince,
    );
    const end = Number(cursor) + limit;
    const items = found.toReversed().slice(Number(cursor), end);
    return { items, nextCursor: end < found.length ? String(end) : undefined };
  };

  readonly find = async (id: string) => {
    this.requests++;
    return this.all.find((order) => order.id === id);
  };
}

describe('orders that move', () => {
  const told = async (moves: OrderMoves) =>
    (await moves.look()).moves.map(({ order, before }) => `${order.id} ${before ?? 'new'} → ${order.status}`);

  it('are told once: those that are new, and those that become something else', async () => {
    const orders = new Orders();
    const [first, second] = [orders.add(), orders.add('FULFILLED')];
    const moves = new OrderMoves(orders, {});
    expect((await moves.begin(10)).map(({ id }) => id)).toEqual([first.id, second.id]);
    expect(await told(moves)).toEqual([]);
    const third = orders.add();
    expect(await told(moves)).toEqual([`${third.id} new → PLACED`]);
    orders.move(third.id, 'REJECTED');
    orders.move(first.id, 'FULFILLED');
    expect(await told(moves)).toEqual([`${first.id} PLACED → FULFILLED`, `${third.id} PLACED → REJECTED`]);
    expect(await told(moves)).toEqual([]);
  });

  it('are told also where they were placed long before, and 300 others have been placed since', async () => {
    const orders = new Orders();
    const old = orders.add('PLACED', -3_600_000);
    for (let count = 0; count < 300; count++) orders.add('FULFILLED');
    const moves = new OrderMoves(orders, {});
    await moves.begin(0);
    orders.move(old.id, 'CANCELLED');
    expect(await told(moves)).toEqual([`${old.id} PLACED → CANCELLED`]);
  });

  it('are told where they were committed later than one that was placed after them', async () => {
    const orders = new Orders();
    orders.add('FULFILLED', 10_000);
    const moves = new OrderMoves(orders, {});
    await moves.begin(10);
    const late = orders.add('PLACED', 8_000);
    expect(await told(moves)).toEqual([`${late.id} new → PLACED`]);
  });

  it('cost no more than 30 requests a look, however many there are, and what is too much is said', async () => {
    const orders = new Orders();
    for (let count = 0; count < 5_000; count++) orders.add('PLACED', -3_600_000 + count);
    const moves = new OrderMoves(orders, {});
    await moves.begin(10);
    for (let count = 0; count < 3_000; count++) orders.add('PLACED', 1);
    orders.requests = 0;
    const { isBehind, moves: seen } = await moves.look();
    expect(orders.requests).toBeLessThanOrEqual(30);
    expect([isBehind, seen.length]).toEqual([true, 1_000]);
  });
});
