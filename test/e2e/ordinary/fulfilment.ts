import { call, orderRequest } from '../../system/api.js';
import type { OrderBody } from '../../system/api.js';
import { expectBalanced } from '../../system/ledger.js';
import type { RunningSystem } from '../../system/running-system.js';
import type { ServiceProcess } from '../../system/service-process.js';
import { until } from '../../system/until.js';
import type { OrdinarySystem } from './ordinary-system.js';

export function fulfilsOrders(running: () => OrdinarySystem): void {
  describe('fulfilling an order', () => {
    let system: RunningSystem;
    let initial: ReadonlyMap<string, number>;

    beforeAll(() => {
      ({ system, initial } = running());
    });

    afterEach(() => expectBalanced(system, initial), 60_000);

    it('carries an order from REST through payment, stock and shipment to FULFILLED', async () => {
      const placed = await system.place({ items: [{ sku: 'SKU-MUG-BLUE', quantity: 2 }] });
      expect(placed.status).toBe(201);
      expect(placed.headers.get('location')).toBe(`/orders/${placed.body.id}`);
      expect(placed.body).toMatchObject({ status: 'PLACED', customerId: 'cust-1', total: { currency: 'EUR' } });

      const order = await system.ended(placed.body.id);
      expect(order.status).toBe('FULFILLED');
      expect(order.total.amount).toBe(order.items.reduce((sum, item) => sum + item.unitPrice * item.quantity, 0));
      expect(await system.payments(order.id)).toMatchObject([{ status: 'CHARGED', amount: order.total }]);
      expect(await system.shipments(order.id)).toMatchObject([{ status: 'CREATED' }]);
    });

    it('is never unknown right after its 201', async () => {
      const placed = await system.place();
      const answer = await fetch(`${system.services.order.url}/orders/${placed.body.id}`);
      expect(answer.status).toBe(200);
      await system.ended(placed.body.id);
    });

    it('shows one timeline across the services, causes before effects', async () => {
      const { id } = await system.placeAndWait();
      const timeline = await system.timeline(id);
      const types = timeline.map(({ type }) => type);
      const position = (type: string): number => types.indexOf(type);
      for (const [cause, effect] of [
        ['payment.process.v2', 'payment.charged.v1'],
        ['payment.charged.v1', 'inventory.reserve.v1'],
        ['inventory.reserve.v1', 'inventory.reserved.v1'],
        ['shipping.create-shipment.v1', 'shipment.created.v1'],
      ] as const) {
        expect({ cause, at: position(cause) }).not.toEqual({ cause, at: -1 });
        expect(position(cause)).toBeLessThan(position(effect));
      }
      expect(new Set(timeline.map(({ service }) => service))).toEqual(
        new Set(['order', 'payment', 'inventory', 'shipping']),
      );
    });

    it('rejects a declined payment with the reason, and undoes nothing that never happened', async () => {
      const order = await system.placeAndWait({ paymentMethod: 'pm_card_declined' });
      expect(order).toMatchObject({
        status: 'REJECTED',
        failure: { step: 'process-payment', code: 'PAYMENT_DECLINED' },
      });
      expect(await system.payments(order.id)).toMatchObject([{ status: 'DECLINED' }]);
      expect((await system.saga(order.id)).status).toBe('COMPENSATED');
    });

    it('rejects an unknown payment method without a retry', async () => {
      const order = await system.placeAndWait({ paymentMethod: 'pm_of_another_planet' });
      expect(order).toMatchObject({ status: 'REJECTED', failure: { code: 'PAYMENT_METHOD_UNKNOWN' } });
    });

    it('retries a provider that fails three times, and charges once', async () => {
      const order = await system.placeAndWait({ paymentMethod: 'pm_card_flaky_3' });
      expect(order.status).toBe('FULFILLED');
      expect(await system.payments(order.id)).toMatchObject([{ status: 'CHARGED' }]);
    }, 90_000);

    it('refunds the payment of an order that is sold out (F30)', async () => {
      const order = await system.placeAndWait({ items: [{ sku: 'SKU-SOLD-OUT', quantity: 1 }] });
      expect(order).toMatchObject({ status: 'REJECTED', failure: { step: 'reserve-inventory', code: 'OUT_OF_STOCK' } });
      expect(await system.payments(order.id)).toMatchObject([{ status: 'REFUNDED' }]);
    });

    it('releases the stock and refunds the payment of an order that the carrier refuses', async () => {
      const order = await system.placeAndWait({
        shippingAddress: { name: 'A', line1: 'B', city: 'C', postalCode: '00000', country: 'DE' },
      });
      expect(order).toMatchObject({
        status: 'REJECTED',
        failure: { step: 'create-shipment', code: 'CARRIER_REFUSED' },
      });
      expect(await system.payments(order.id)).toMatchObject([{ status: 'REFUNDED' }]);
      expect(await system.shipments(order.id)).toMatchObject([{ status: 'REFUSED' }]);
      // In reverse, one at a time: the refund is sent when the stock is free.
      const types = (await system.timeline(order.id)).map(({ type }) => type);
      const undoing = ['inventory.release.v1', 'inventory.released.v1', 'payment.refund.v1', 'payment.refunded.v1'];
      expect(types.filter((type) => undoing.includes(type))).toEqual(undoing);
    });

    it('delays no other order behind a slow card', async () => {
      const chargedAt = async (id: string): Promise<string> =>
        (await system.timeline(id)).find(({ type }) => type === 'payment.charged.v1')?.at ?? 'never';
      /** Whether all orders that came after a slow one were charged before it. A busy machine may need longer than the card. */
      const overtake = async (): Promise<boolean> => {
        const slow = await system.place({ paymentMethod: 'pm_card_slow' });
        const others = await Promise.all(Array.from({ length: 12 }, () => system.placeAndWait()));
        expect(others.map(({ status }) => status)).toEqual(others.map(() => 'FULFILLED'));
        expect((await system.ended(slow.body.id)).status).toBe('FULFILLED');
        const slowAt = await chargedAt(slow.body.id);
        const at = await Promise.all(others.map(({ id }) => chargedAt(id)));
        return at.every((time) => time < slowAt);
      };
      await until(overtake, { what: 'twelve orders to be charged before the slow card that came first' });
    });

    it('oversells nothing when 40 orders want the last 10 units (F28)', async () => {
      const orders = await Promise.all(
        Array.from({ length: 40 }, () => system.placeAndWait({ items: [{ sku: 'SKU-LIMITED-10', quantity: 1 }] })),
      );
      expect(orders.filter(({ status }) => status === 'FULFILLED')).toHaveLength(10);
      expect(orders.filter(({ failure }) => failure?.code === 'OUT_OF_STOCK')).toHaveLength(30);
    }, 90_000);

    it('answers a client that waits at any replica, and when its replica is told to stop, with the order as it stands', async () => {
      const replica = await system.replica('order');
      await replica.start();
      try {
        const place = (at: ServiceProcess) =>
          call<OrderBody>(`${at.url}/orders`, { method: 'POST', headers: { prefer: 'wait=30' }, body: orderRequest() });
        const atEither = Array.from({ length: 16 }, (_, index) => place(index % 2 ? replica : system.services.order));
        for (const { status, body, headers } of await Promise.all(atEither)) {
          expect([status, body.status, headers.get('preference-applied')]).toEqual([201, 'FULFILLED', 'wait=30']);
        }

        system.services.payment.freeze();
        const cutShort = place(replica);
        const waits = async () =>
          (await (await fetch(`${replica.url}/metrics`)).text()).includes('_clients_waiting 1\n');
        await until(waits, { what: 'a client to wait' });
        expect(await replica.end()).toBe(0);
        const { status, body } = await cutShort;
        expect([status, body.status]).toEqual([201, 'PLACED']);
        system.services.payment.thaw();
        expect((await system.ended(body.id)).status).toBe('FULFILLED');
      } finally {
        system.services.payment.thaw();
        await replica.end();
      }
    }, 90_000);
  });
}
