import { MOST_FRESH, OrderWatch } from './order-watch.js';

const NOW = 2_000_000_000_000;
const LATE = NOW + 120_000;

/** An id as an order placed at that time gets it. */
function idAt(ms: number, n = 0): string {
  const time = ms.toString(16).padStart(12, '0');
  return `${time.slice(0, 8)}-${time.slice(8)}-7000-8000-${n.toString(16).padStart(12, '0')}`;
}

describe('OrderWatch', () => {
  it('takes each order up once, also one whose transaction commits after later ones', () => {
    const watch = new OrderWatch();
    const [first, second, third] = [idAt(NOW - 3), idAt(NOW - 2), idAt(NOW - 1)];
    expect(watch.next([first, third], [], NOW)).toEqual([first, third]);
    for (const id of [first, third]) watch.judged(id, [true], false);
    expect(watch.next([first, second, third], [], NOW)).toEqual([second]);
    watch.judged(second, [true], false);
    expect(watch.next([first, second, third], [], LATE)).toEqual([]);
    expect(watch.upTo).toBe(third);
  });

  it('keeps an order that has not ended, or that not all could judge, and counts it once for each', () => {
    const watch = new OrderWatch();
    const id = idAt(NOW);
    watch.next([id], [], LATE);
    expect(watch.judged(id, [true, false], true)).toEqual([true, false]);
    expect(watch.next([], [], LATE)).toEqual([id]);
    expect(watch.judged(id, [true, false], false)).toEqual([false, false]);
    expect(watch.judged(id, [true, true], false)).toEqual([false, true]);
    expect(watch.isOpen(id)).toBe(false);
    expect(watch.next([], [], LATE)).toEqual([]);
    expect(watch.judged(id, [true, true], false)).toEqual([]);
  });

  it('takes up no more than a page, says that it is behind, and looks at what is open in turns', () => {
    const watch = new OrderWatch();
    const ids = Array.from({ length: 3 * MOST_FRESH }, (_, n) => idAt(NOW, n));
    expect(watch.next(ids, [], LATE)).toHaveLength(MOST_FRESH);
    expect(watch.isBehind).toBe(true);
    expect(watch.upTo).toBe(ids[MOST_FRESH - 1]);
    for (const id of ids.slice(0, MOST_FRESH)) watch.judged(id, [true], true);
    const second = watch.next(ids.slice(MOST_FRESH), [], LATE);
    expect(second).toHaveLength(1.5 * MOST_FRESH); // those that are open, and half a page of new ones
    for (const id of second) watch.judged(id, [true], true);
    expect(watch.next(ids.slice(1.5 * MOST_FRESH), [], LATE)[0]).toBe(ids[0]);
  });

  it('looks at older orders again, page by page, and then from the first', () => {
    const watch = new OrderWatch();
    const ids = Array.from({ length: 700 }, (_, n) => idAt(NOW, n));
    watch.next(ids, [], LATE);
    for (const id of ids) watch.judged(id, [true], false);
    expect(watch.next([], ids.slice(0, 500), LATE)).toHaveLength(500);
    expect(watch.again).toBe(ids[499]);
    expect(watch.next([], ids.slice(500), LATE)).toHaveLength(200);
    expect(watch.again < (ids[0] ?? '')).toBe(true);
  });
});
