import { Shutdown } from '@waybill/http';
import { Metrics } from '@waybill/observability';

import { OrderWatch } from '../persistence/order-watch.js';
import type { OrderView } from '../projections/order-view.js';
import { AwaitOrder, AwaitOrderHandler } from './await-order.js';

const placed: OrderView = {
  id: 'order-1',
  status: 'PLACED',
  customerId: 'c',
  items: [],
  total: { amount: 0, currency: 'EUR' },
  placedAt: '',
  updatedAt: '',
};
const fulfilled: OrderView = { ...placed, status: 'FULFILLED' };
const LONG_MS = 600_000;

/** The read model, and how often it was asked. */
class Views {
  looks = 0;
  current: OrderView | Error | undefined = placed;

  find(): Promise<OrderView | undefined> {
    this.looks += 1;
    return this.current instanceof Error ? Promise.reject(this.current) : Promise.resolve(this.current);
  }
}

function setUp() {
  const shutdown = new Shutdown();
  const metrics = new Metrics();
  const watch = new OrderWatch(shutdown, metrics);
  const views = new Views();
  const handler = new AwaitOrderHandler(views, watch);
  const wait = (given: { waitMs?: number; gone?: AbortSignal; known?: OrderView } = {}) =>
    handler.execute(
      new AwaitOrder(placed.id, given.waitMs ?? LONG_MS, given.gone ?? new AbortController().signal, given.known),
    );
  /** A turn of the event loop: whoever waits by then does. */
  const settled = () => new Promise((resolve) => setImmediate(resolve));
  const waiting = async () => /^waybill_order_clients_waiting (\d+)$/m.exec(await metrics.expose())?.[1];
  return { shutdown, metrics, watch, views, wait, settled, waiting };
}

describe('waiting for the end of an order', () => {
  it('costs no look at the database where the order was just placed and ends in this process', async () => {
    const { wait, watch, views } = setUp();
    const answer = wait({ known: placed });
    watch.committed([fulfilled]);
    expect(await answer).toEqual({ order: fulfilled, waited: true });
    expect(views.looks).toBe(0);
  });

  it('costs one look where another replica says that it has ended', async () => {
    const { wait, watch, views } = setUp();
    const answer = wait({ known: placed });
    views.current = fulfilled;
    watch.announced([placed.id]);
    expect(await answer).toEqual({ order: fulfilled, waited: true });
    expect(views.looks).toBe(1);
  });

  it('looks again by itself when nothing is heard', async () => {
    jest.useFakeTimers();
    try {
      const { wait, views } = setUp();
      const answer = wait({ known: placed });
      views.current = fulfilled;
      await jest.advanceTimersByTimeAsync(2_000);
      expect((await answer).order.status).toBe('FULFILLED');
    } finally {
      jest.useRealTimers();
    }
  });

  it('looks first where it does not know how the order stands', async () => {
    const { wait, views } = setUp();
    views.current = fulfilled;
    expect((await wait()).order).toBe(fulfilled);
  });

  it('gives the order as it stands when the time is up', async () => {
    const { wait, views } = setUp();
    const turnedRound = { ...placed, updatedAt: 'later' };
    views.current = turnedRound;
    expect(await wait({ known: placed, waitMs: 1 })).toEqual({ order: turnedRound, waited: true });
  });

  it('waits on when a look fails, and tells the error when the time is up', async () => {
    const { wait, watch, views, settled } = setUp();
    const first = wait({ known: placed });
    views.current = new Error('away');
    watch.wakeAll();
    await settled();
    views.current = fulfilled;
    watch.wakeAll();
    expect((await first).order).toBe(fulfilled);

    views.current = new Error('away');
    await expect(wait({ known: placed, waitMs: 1 })).rejects.toThrow('away');
  });

  it('ends when the client has gone, without a look', async () => {
    const { wait, views, waiting } = setUp();
    const gone = new AbortController();
    const answer = wait({ known: placed, gone: gone.signal });
    expect(await waiting()).toBe('1');
    gone.abort();
    await answer;
    expect(await waiting()).toBe('0');
    expect(views.looks).toBe(0);
    await wait({ known: placed, gone: gone.signal }); // gone before it began
  });

  it('ends at shutdown, and nobody waits any more', async () => {
    const { wait, shutdown } = setUp();
    const answer = wait({ known: placed });
    shutdown.begin();
    expect(await answer).toEqual({ order: placed, waited: true });
    expect(await wait({ known: placed })).toEqual({ order: placed, waited: false });
  });

  it('is granted to a thousand clients; the others get the order as it stands', async () => {
    const { wait, watch, views, metrics, waiting } = setUp();
    const granted = Array.from({ length: 1_000 }, () => wait({ known: placed }));
    expect(await wait({ known: placed })).toEqual({ order: placed, waited: false });
    views.current = fulfilled;
    expect(await wait()).toEqual({ order: fulfilled, waited: false });
    expect(await waiting()).toBe('1000');
    expect(await metrics.expose()).toContain('waybill_order_waits_refused_total 2');
    watch.committed([fulfilled]);
    await Promise.all(granted);
    const next = wait({ known: placed });
    watch.committed([fulfilled]);
    expect(await next).toEqual({ order: fulfilled, waited: true });
  });
});
