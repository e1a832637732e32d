import { orderRequest } from '../../system/api.js';
import { expectBalanced } from '../../system/ledger.js';
import { publishOn, readTopics } from '../../system/read-topics.js';
import type { RunningSystem } from '../../system/running-system.js';
import type { OrdinarySystem } from './ordinary-system.js';

const TOPICS = [
  'payment.commands',
  'payment.events',
  'inventory.commands',
  'inventory.events',
  'shipping.commands',
  'shipping.events',
];

export function bearsDuplicates(running: () => OrdinarySystem): void {
  describe('the same thing twice', () => {
    let system: RunningSystem;
    let initial: ReadonlyMap<string, number>;

    beforeAll(() => {
      ({ system, initial } = running());
    });

    afterEach(() => expectBalanced(system, initial), 60_000);

    it('has one effect when every message of an order is delivered again (F12, F42)', async () => {
      const order = await system.placeAndWait();
      expect(order.status).toBe('FULFILLED');
      const all = await readTopics(system.broker, TOPICS);
      const records = all.filter(({ key }) => key?.toString() === order.id);
      expect(records.length).toBeGreaterThanOrEqual(8);
      // As a proxy that adds a header would: one that is the same byte by byte, NATS would drop.
      const again = records.map((record) => ({ ...record, headers: { ...record.headers, again: 'yes' } }));
      await publishOn(system.broker, again);
      const next = await system.placeAndWait(); // comes after the repeats on no fewer topics
      expect(next.status).toBe('FULFILLED');

      expect((await system.order(order.id)).status).toBe('FULFILLED');
      expect(await system.payments(order.id)).toHaveLength(1);
      expect(await system.shipments(order.id)).toHaveLength(1);
    }, 90_000);

    it('answers a repeated Idempotency-Key with the first answer, byte for byte (F31)', async () => {
      const headers = { 'idempotency-key': 'same-key-1' };
      const first = await system.place({ customerId: 'cust-idem' }, headers);
      const second = await system.place({ customerId: 'cust-idem' }, headers);
      expect([first.status, second.status]).toEqual([201, 201]);
      expect(second.text).toBe(first.text);
      expect(second.headers.get('location')).toBe(first.headers.get('location'));
      await system.ended(first.body.id);
    });

    it('compares bodies by content: another order of the JSON keys is the same request, another quantity is not (F31)', async () => {
      const headers = { 'idempotency-key': 'same-key-2' };
      const request = orderRequest({ customerId: 'cust-idem' });
      const first = await system.post<{ id: string }>('/orders', request, headers);
      const reordered = Object.fromEntries(Object.entries(request).reverse());
      expect((await system.post('/orders', reordered, headers)).text).toBe(first.text);
      const other = { ...request, items: [{ sku: 'SKU-MUG-BLUE', quantity: 3 }] };
      expect((await system.post('/orders', other, headers)).status).toBe(422);
      await system.ended(first.body.id);
    });

    it('places one order when the same key arrives many times at once (F31)', async () => {
      const headers = { 'idempotency-key': 'same-key-3' };
      const answers = await Promise.all(
        Array.from({ length: 10 }, () => system.place({ customerId: 'cust-race' }, headers)),
      );
      const placed = answers.filter(({ status }) => status === 201);
      expect(new Set(placed.map(({ body }) => body.id)).size).toBe(1);
      expect(answers.filter(({ status }) => status !== 201).every(({ status }) => status === 409)).toBe(true);
      await system.ended(placed[0]?.body.id ?? '');
    });

    it('keeps keys of different customers apart', async () => {
      const headers = { 'idempotency-key': 'shared-key' };
      const [a, b] = await Promise.all([
        system.place({ customerId: 'cust-a' }, headers),
        system.place({ customerId: 'cust-b' }, headers),
      ]);
      expect(a.body.id).not.toBe(b.body.id);
      await Promise.all([system.ended(a.body.id), system.ended(b.body.id)]);
    });
  });
}
