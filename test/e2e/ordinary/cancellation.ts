import type { OrderBody, ProblemBody } from '../../system/api.js';
import { expectBalanced } from '../../system/ledger.js';
import type { RunningSystem } from '../../system/running-system.js';
import type { OrdinarySystem } from './ordinary-system.js';

export function cancelsOrders(running: () => OrdinarySystem): void {
  describe('cancelling an order', () => {
    let system: RunningSystem;
    let initial: ReadonlyMap<string, number>;

    beforeAll(() => {
      ({ system, initial } = running());
    });

    afterEach(() => expectBalanced(system, initial), 60_000);

    const cancel = (id: string) =>
      system.post<OrderBody & ProblemBody>(`/orders/${id}/cancel`, { reason: 'changed my mind' });

    it('undoes a payment that was on its way, and never fulfils the order (F24)', async () => {
      const placed = await system.place({ paymentMethod: 'pm_card_slow' });
      const first = await cancel(placed.body.id);
      expect(first).toMatchObject({ status: 202, body: { status: 'PLACED', failure: { code: 'CANCELLED' } } });
      expect((await cancel(placed.body.id)).status).toBe(202);
      const order = await system.ended(placed.body.id);
      expect(order).toMatchObject({ status: 'CANCELLED', failure: { code: 'CANCELLED' } });
      expect((await system.saga(order.id)).status).toBe('COMPENSATED');
    });

    it('refuses to cancel what has ended', async () => {
      const { id } = await system.placeAndWait();
      expect(await cancel(id)).toMatchObject({ status: 409 });
    });

    it('knows no third way: whatever the moment, an accepted cancellation ends CANCELLED and a refused one FULFILLED', async () => {
      const ends = await Promise.all(
        Array.from({ length: 20 }, async (_, index) => {
          const placed = await system.place();
          await new Promise((resolve) => setTimeout(resolve, index * 10));
          const answer = await cancel(placed.body.id);
          return { accepted: answer.status === 202, status: (await system.ended(placed.body.id)).status };
        }),
      );
      for (const { accepted, status } of ends) expect(status).toBe(accepted ? 'CANCELLED' : 'FULFILLED');
    }, 90_000);
  });
}
