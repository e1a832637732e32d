import { startOrderService } from '../testing/order-service.js';
import type { OrderService } from '../testing/order-service.js';
import { Catalogue } from './catalogue.postgres.js';

describe('the copy of the catalogue', () => {
  let service: OrderService;
  let catalogue: Catalogue;

  beforeAll(async () => {
    service = await startOrderService();
    catalogue = service.app.get(Catalogue);
  }, 60_000);

  afterAll(() => service.stop());

  const product = (sku: string, amount: number, revision: number) => ({
    sku,
    name: sku,
    price: { amount, currency: 'EUR' },
    revision,
  });
  const list = (...products: ReturnType<typeof product>[]) =>
    service.database.transaction((tx) => catalogue.list(tx, products));
  const priceOf = (sku: string) =>
    service.database.transaction(async (tx) => (await catalogue.pricesOf(tx, [sku])).get(sku)?.amount);

  it('keeps the highest revision, in whatever order and batch they arrive', async () => {
    await list(product('SKU-A', 3, 3), product('SKU-A', 2, 2), product('SKU-B', 1, 1));
    await list(product('SKU-A', 1, 1), product('SKU-B', 9, 9), product('SKU-B', 5, 5));
    expect(await priceOf('SKU-A')).toBe(3);
    expect(await priceOf('SKU-B')).toBe(9);
  });

  it('takes a new price at once where it arrives', async () => {
    await list(product('SKU-C', 1, 1));
    expect(await priceOf('SKU-C')).toBe(1);
    await list(product('SKU-C', 2, 2));
    expect(await priceOf('SKU-C')).toBe(2);
    await list(product('SKU-C', 3, Date.now()));
    expect(await priceOf('SKU-C')).toBe(3);
  });

  it('takes nothing at a revision that none published later could beat (F63)', async () => {
    await list(product('SKU-D', 1, 1));
    const ahead = Date.now() + 2 * 24 * 3_600_000;
    await expect(list(product('SKU-D', 2, ahead))).rejects.toMatchObject({ code: 'REVISION_AHEAD' });
    const publish = service.database.transaction((tx) => catalogue.publish(tx, { products: 1e6, revision: ahead }));
    await expect(publish).rejects.toMatchObject({ code: 'REVISION_AHEAD' });
    expect(await priceOf('SKU-D')).toBe(1);
  });

  it('knows no price of an unknown product', async () => {
    expect(await priceOf('SKU-UNKNOWN')).toBeUndefined();
  });

  it('is complete once it holds as many products as were announced', async () => {
    const { listed } = await catalogue.progress();
    await service.database.transaction((tx) => catalogue.publish(tx, { products: listed + 1, revision: 2 }));
    await service.database.transaction((tx) => catalogue.publish(tx, { products: 1, revision: 1 }));
    expect(await catalogue.progress()).toEqual({ listed, expected: listed + 1 });
    await list(product('SKU-LAST', 1, 1));
    expect(await catalogue.progress()).toEqual({ listed: listed + 1, expected: listed + 1 });
  });
});
