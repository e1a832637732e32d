import { SERVICE_NAMES } from '@waybill/contracts';

import { expectBalanced, stockTake } from '../system/ledger.js';
import { RunningSystem } from '../system/running-system.js';

/** Orders of all kinds, so that a kill meets forward steps and compensations alike. */
const KINDS: readonly Record<string, unknown>[] = [
  {},
  { paymentMethod: 'pm_card_declined' },
  { items: [{ sku: 'SKU-SOLD-OUT', quantity: 1 }] },
  { shippingAddress: { name: 'A', line1: 'B', city: 'C', postalCode: '00000', country: 'DE' } },
  { paymentMethod: 'pm_card_slow' },
];
const EXPECTED = ['FULFILLED', 'REJECTED', 'REJECTED', 'REJECTED', 'FULFILLED'];

describe('kill -9 in mid-saga', () => {
  let system: RunningSystem;
  let initial: ReadonlyMap<string, number>;

  beforeAll(async () => {
    system = await RunningSystem.start();
    initial = await stockTake(system);
  }, 120_000);

  afterAll(() => system?.stop(), 60_000);

  it.each(SERVICE_NAMES)(
    'of the %s service: after its restart every order ends right (F1, F35, F42)',
    async (name) => {
      const wanted = Array.from({ length: 25 }, (_, index) => index % KINDS.length);
      const placed = await Promise.all(wanted.map((kind) => system.place(KINDS[kind])));
      expect(placed.map(({ status }) => status)).toEqual(wanted.map(() => 201));

      await system.services[name].end('SIGKILL');
      await system.services[name].start();

      const ended = await Promise.all(placed.map(({ body }) => system.ended(body.id, 90_000)));
      expect(ended.map(({ status }) => status)).toEqual(wanted.map((kind) => EXPECTED[kind]));
      await expectBalanced(system, initial);
    },
    180_000,
  );
});
