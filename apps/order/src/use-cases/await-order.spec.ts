import { getEventListeners } from 'node:events';

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
  /** Answered by nothing else, while it is stalled. */
  fail: (error: Error) => void = () => {};
  isStalled = false;

  find(): Promise<OrderView | undefined> {
    this.looks += 1;
    if (this.isStalled) return new Promise((_, reject) => (this.fail = reject));
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
  afterEach(() => jest.useRealTimers());

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
    const { wait, views } = setUp();
    const answer = wait({ known: placed });
    views.current = fulfilled;
    await jest.advanceTimersByTimeAsync(2_000);
    expect((await answer).order.status).toBe('FULFILLED');
  });

  it('looks first where it does not know how the order stands', async () => {
    const { wait, views } = setUp();
    views.current = fulfilled;
    expect((await wait()).order).toBe(fulfilled);
  });

  it('gives the order as it stands when the time is up', async () => {
    jest.useFakeTimers();
    const { wait, views } = setUp();
    const turnedRound = { ...placed, updatedAt: 'later' };
    views.current = turnedRound;
    let answered: unknown;
    void wait({ known: placed, waitMs: 1_000 }).then((answer) => (answered = answer));
    await jest.advanceTimersByTimeAsync(999);
    expect([views.looks, answered]).toEqual([1, undefined]);
    await jest.advanceTimersByTimeAsync(1);
    expect(answered).toEqual({ order: turnedRound, waited: true });
    expect(views.looks).toBe(1);
  });

  it('gives what is known, without a look, where there is no time', async () => {
    const { wait, views } = setUp();
    expect(await wait({ known: placed, waitMs: 0 })).toEqual({ order: placed, waited: true });
    expect(views.looks).toBe(0);
    expect(await wait({ waitMs: 0 })).toEqual({ order: placed, waited: true });
    expect(views.looks).toBe(1);
  });

  it('waits on when a look fails, and tells the error when the time is up', async () => {
    jest.useFakeTimers({ doNotFake: ['setImmediate'] });
    const { wait, watch, views, settled } = setUp();
    const first = wait({ known: placed });
    views.current = new Error('away');
    watch.wakeAll();
    await settled();
    views.current = fulfilled;
    watch.wakeAll();
    expect((await first).order).toBe(fulfilled);

    views.current = new Error('away');
    const second = wait({ known: placed, waitMs: 1_000 }).catch((error: unknown) => error);
    await jest.advanceTimersByTimeAsync(1_000);
    expect(await second).toBe(views.current);
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

  describe('while the database does not answer', () => {
    const unhandled: unknown[] = [];
    const onUnhandled = (reason: unknown) => unhandled.push(reason);

    beforeEach(() => {
      unhandled.length = 0;
      process.on('unhandledRejection', onUnhandled);
    });
    afterEach(() => process.off('unhandledRejection', onUnhandled));

    /** Waits, and looks in vain. */
    async function stalled(known: OrderView | undefined) {
      const set = setUp();
      set.views.isStalled = true;
      const gone = new AbortController();
      const answer = set.wait({ known, gone: gone.signal }).catch((error: unknown) => error);
      set.watch.wakeAll();
      await set.settled();
      expect(set.views.looks).toBe(1);
      return { ...set, gone, answer };
    }

    /** As the wait began: no client, and no listener but the watch's own. */
    async function expectLeft({ waiting, shutdown, gone, settled, views }: Awaited<ReturnType<typeof stalled>>) {
      expect(await waiting()).toBe('0');
      expect(getEventListeners(gone.signal, 'abort')).toEqual([]);
      expect(getEventListeners(shutdown.signal, 'abort').length).toBeLessThanOrEqual(1);
      views.fail(new Error('timed out at last'));
      await settled();
      expect(unhandled).toEqual([]);
    }

    it('answers in time all the same, with the order as it is known', async () => {
      jest.useFakeTimers({ doNotFake: ['setImmediate'] });
      const { wait, views, settled } = setUp();
      views.isStalled = true;
      let answered: unknown;
      void wait({ known: placed, waitMs: 5_000 }).then((answer) => (answered = answer));
      await jest.advanceTimersByTimeAsync(4_999);
      expect([views.looks, answered]).toEqual([1, undefined]); // one at a time
      await jest.advanceTimersByTimeAsync(1);
      expect(answered).toEqual({ order: placed, waited: true });
      expect(jest.getTimerCount()).toBe(0);
      views.fail(new Error('timed out at last'));
      await settled();
      expect(unhandled).toEqual([]);
    });

    it('still hears of an end in this process', async () => {
      const set = await stalled(placed);
      set.watch.committed([fulfilled]);
      expect(await set.answer).toEqual({ order: fulfilled, waited: true });
      await expectLeft(set);
    });

    it('lets go of a client that leaves', async () => {
      const set = await stalled(placed);
      set.gone.abort();
      expect(await set.answer).toEqual({ order: placed, waited: true });
      await expectLeft(set);
    });

    it('answers at shutdown with the order as it is known', async () => {
      const set = await stalled(placed);
      set.shutdown.begin();
      expect(await set.answer).toEqual({ order: placed, waited: true });
      await expectLeft(set);
    });

    it.each(['the client leaves', 'this process ends'])(
      'says that it has not read an order of which it knows nothing once %s',
      async (end) => {
        const set = await stalled(undefined);
        if (end === 'this process ends') set.shutdown.begin();
        else set.gone.abort();
        expect(await set.answer).toMatchObject({ code: 'WAIT_ENDED', orderId: placed.id });
        await expectLeft(set);
      },
    );
  });
});
