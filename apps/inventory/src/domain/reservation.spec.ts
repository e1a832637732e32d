import * as fc from 'fast-check';

import { commit, release, ReservationConflictError, reserve } from './reservation.js';
import type { Reservation } from './reservation.js';
import { StockBook } from './stock-book.js';

const order = (orderId: string, ...items: (readonly [sku: string, quantity: number])[]) => ({
  id: `r-${orderId}`,
  orderId,
  items: items.map(([sku, quantity]) => ({ sku, quantity })),
});

describe('reservations', () => {
  it('reserves all items of an order or none, and says what is missing', () => {
    const stock = new StockBook([
      { sku: 'A', onHand: 5, reserved: 0 },
      { sku: 'B', onHand: 5, reserved: 4 },
    ]);
    const rejected = reserve(stock, undefined, order('o1', ['A', 2], ['B', 2], ['constructor', 1]));
    expect(rejected).toMatchObject({ status: 'REJECTED' });
    expect(rejected.shortages).toEqual([
      { sku: 'B', requested: 2, available: 1 },
      { sku: 'constructor', requested: 1, available: 0 },
    ]);
    expect(stock.changes).toEqual([]);
    expect(reserve(stock, undefined, order('o2', ['A', 2], ['B', 1])).status).toBe('RESERVED');
    expect(stock.changes).toEqual([
      { sku: 'A', onHand: 0, reserved: 2 },
      { sku: 'B', onHand: 0, reserved: 1 },
    ]);
  });

  it('serves orders in order: the last units go to those who ask first', () => {
    const stock = new StockBook([{ sku: 'A', onHand: 3, reserved: 0 }]);
    const statuses = ['o1', 'o2', 'o3'].map((id) => reserve(stock, undefined, order(id, ['A', 2])).status);
    expect(statuses).toEqual(['RESERVED', 'REJECTED', 'REJECTED']);
  });

  it('adds up a SKU that an order names twice', () => {
    const stock = new StockBook([{ sku: 'A', onHand: 3, reserved: 0 }]);
    expect(reserve(stock, undefined, order('o1', ['A', 2], ['A', 2])).status).toBe('REJECTED');
  });

  it('answers a repeated command with what is known, without reserving again', () => {
    const stock = new StockBook([{ sku: 'A', onHand: 3, reserved: 0 }]);
    const first = reserve(stock, undefined, order('o1', ['A', 2]));
    expect(reserve(stock, first, order('o1', ['A', 2]))).toBe(first);
    expect(stock.changes).toEqual([{ sku: 'A', onHand: 0, reserved: 2 }]);
  });

  it('takes nothing for an order whose release came first', () => {
    const stock = new StockBook([{ sku: 'A', onHand: 3, reserved: 0 }]);
    const tombstone = release(stock, undefined, order('o1'));
    expect(reserve(stock, tombstone, order('o1', ['A', 2]))).toMatchObject({ status: 'RELEASED', items: [] });
    expect(stock.changes).toEqual([]);
  });

  it('refuses to release what is gone, or to commit what is not there', () => {
    const stock = new StockBook([{ sku: 'A', onHand: 3, reserved: 0 }]);
    const reserved = reserve(stock, undefined, order('o1', ['A', 2]));
    const committed = commit(stock, reserved, 'o1');
    expect(commit(stock, committed, 'o1')).toBe(committed);
    expect(() => release(stock, committed, order('o1'))).toThrow(ReservationConflictError);
  });

  it('never oversells and never holds less than nothing, whatever happens in whatever order (F28)', () => {
    const sku = fc.constantFrom('A', 'B', 'C');
    const step = fc.record({
      orderId: fc.constantFrom('o1', 'o2', 'o3', 'o4', 'o5'),
      kind: fc.constantFrom('reserve' as const, 'release' as const, 'commit' as const),
      items: fc.array(fc.record({ sku, quantity: fc.integer({ min: 1, max: 6 }) }), { minLength: 1, maxLength: 4 }),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), fc.integer({ min: 0, max: 15 }), (steps, initial) => {
        const stock = new StockBook(['A', 'B', 'C'].map((name) => ({ sku: name, onHand: initial, reserved: 0 })));
        const reservations = new Map<string, Reservation>();
        for (const { orderId, kind, items } of steps) {
          const existing = reservations.get(orderId);
          const request = { id: `r-${orderId}`, orderId, items };
          try {
            if (kind === 'reserve') reservations.set(orderId, reserve(stock, existing, request));
            else if (kind === 'release') reservations.set(orderId, release(stock, existing, request));
            else reservations.set(orderId, commit(stock, existing, orderId));
          } catch (error) {
            if (!(error instanceof Error) || !('code' in error)) throw error; // a conflict is an answer, a RangeError a bug
          }
        }
        const units = (status: string, name: string) =>
          [...reservations.values()]
            .filter((reservation) => reservation.status === status)
            .flatMap(({ items }) => items.filter((item) => item.sku === name).map(({ quantity }) => quantity))
            .reduce((sum, quantity) => sum + quantity, 0);
        for (const name of ['A', 'B', 'C']) {
          const change = stock.changes.find((level) => level.sku === name) ?? { onHand: 0, reserved: 0 };
          expect(change.reserved).toBe(units('RESERVED', name));
          expect(change.onHand + units('COMMITTED', name)).toBe(0);
          expect(units('RESERVED', name) + units('COMMITTED', name)).toBeLessThanOrEqual(initial);
        }
      }),
    );
  });
});
