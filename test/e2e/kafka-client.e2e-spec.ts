import { expectBalanced, stockTake } from '../system/ledger.js';
import { RunningSystem } from '../system/running-system.js';

/** One pass through all services; `KAFKA_CLIENT=platformatic npm test` runs everything so. */
describe('services on @platformatic/kafka', () => {
  let system: RunningSystem;

  beforeAll(async () => {
    system = await RunningSystem.start({ KAFKA_CLIENT: 'platformatic' });
  }, 120_000);

  afterAll(() => system?.stop(), 60_000);

  it('fulfil orders, undo others, and keep the ledgers balanced', async () => {
    const initial = await stockTake(system);
    const place = (count: number, paymentMethod: string) =>
      Promise.all(Array.from({ length: count }, () => system.placeAndWait({ paymentMethod })));
    const [paid, declined] = await Promise.all([place(5, 'pm_card_ok'), place(2, 'pm_card_declined')]);
    expect(paid.map(({ status }) => status)).toEqual(Array(5).fill('FULFILLED'));
    expect(declined.map(({ status }) => status)).toEqual(Array(2).fill('REJECTED'));
    await expectBalanced(system, initial);
  }, 60_000);
});
