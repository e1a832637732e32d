import { newId } from '@waybill/observability';

import { INITIAL_CATALOGUE } from '../domain/initial-catalogue.js';
import { InventoryHarness } from '../testing/inventory-harness.js';
import type { Wanted } from '../testing/inventory-harness.js';

const order = (sku: string, quantity: number): Wanted => ({ orderId: newId(), items: [{ sku, quantity }] });

jest.setTimeout(60_000); // a busy machine is no failure

describe('inventory', () => {
  let inventory: InventoryHarness;
  let count = 0;

  beforeAll(async () => {
    inventory = await InventoryHarness.start();
  });

  afterAll(async () => {
    await inventory.stop();
  });

  /** A product that no other test touches. */
  const product = async (stock: number): Promise<string> => {
    const sku = `SKU-${(count += 1)}`;
    await inventory.publish([{ sku, name: 'Mug', price: 100, stock }]);
    return sku;
  };
  const answers = (orderId: string) => inventory.outbox.sentFor(orderId);

  it('reserves at most 10 of 10 units for 200 orders that arrive in parallel batches (F28)', async () => {
    const sku = await product(10);
    const other = await product(1_000);
    const orders = Array.from({ length: 200 }, () => order(sku, 1));
    const batches = Array.from({ length: 20 }, (_, batch) => orders.slice(batch * 10, batch * 10 + 10));
    await Promise.all([
      ...batches.map((batch) => inventory.reserve(...batch)),
      ...batches.map(() => inventory.reserve(order(other, 1), order(sku, 1_000))),
    ]);
    const names = orders.flatMap(({ orderId }) => answers(orderId).map(({ name }) => name));
    expect(names.filter((name) => name === 'inventory.reserved')).toHaveLength(10);
    expect(names.filter((name) => name === 'inventory.rejected')).toHaveLength(190);
    expect(await inventory.stock(sku)).toEqual({ sku, onHand: 10, reserved: 10 });

    await Promise.all(batches.map((batch) => inventory.release(...batch.map(({ orderId }) => orderId))));
    expect(await inventory.stock(sku)).toEqual({ sku, onHand: 10, reserved: 0 });
  });

  it('does not deadlock when replicas reserve, release and commit the same stock in opposite orders', async () => {
    const skus = await Promise.all([product(1_000), product(1_000)]);
    const both = (items: readonly string[]): Wanted => ({
      orderId: newId(),
      items: items.map((sku) => ({ sku, quantity: 1 })),
    });
    const orders = Array.from({ length: 40 }, (_, index) => both(index % 2 === 0 ? skus : skus.toReversed()));
    await Promise.all(orders.map((wanted) => inventory.reserve(wanted)));
    await Promise.all([
      ...orders.slice(0, 20).map(({ orderId }) => inventory.release(orderId)),
      ...orders.slice(20).map(({ orderId }) => inventory.commit(orderId)),
      ...skus.map((sku) => inventory.restock(sku, 5)),
    ]);
    for (const sku of skus) expect(await inventory.stock(sku)).toEqual({ sku, onHand: 985, reserved: 0 });
  });

  it('does not deadlock when batches of replicas reserve one product and release another, crosswise', async () => {
    const [one, two] = await Promise.all([product(1_000), product(1_000)]);
    const orders = Array.from({ length: 60 }, (_, index) => order(index % 2 === 0 ? one : two, 1));
    await inventory.reserve(...orders);
    await Promise.all(
      orders.map(({ orderId }, index) => inventory.batch([order(index % 2 === 0 ? two : one, 1)], [orderId])),
    );
    for (const sku of [one, two]) expect(await inventory.stock(sku)).toEqual({ sku, onHand: 1_000, reserved: 30 });
  });

  it('rejects an order with nothing available at once, with what is missing (F30)', async () => {
    const sku = await product(0);
    const wanted = order(sku, 3);
    await inventory.reserve(wanted, { orderId: newId(), items: [{ sku: '__proto__', quantity: 1 }] });
    expect(answers(wanted.orderId)).toMatchObject([
      { name: 'inventory.rejected', data: { code: 'OUT_OF_STOCK', shortages: [{ sku, requested: 3, available: 0 }] } },
    ]);
  });

  it('answers a repeated command again, without a second effect', async () => {
    const sku = await product(10);
    const wanted = order(sku, 4);
    await inventory.reserve(wanted);
    await inventory.reserve(wanted, wanted);
    expect(answers(wanted.orderId)).toHaveLength(3);
    expect(new Set(answers(wanted.orderId).map((answer) => JSON.stringify(answer)))).toHaveProperty('size', 1);
    expect(await inventory.stock(sku)).toMatchObject({ onHand: 10, reserved: 4 });
    await inventory.commit(wanted.orderId);
    await inventory.commit(wanted.orderId);
    expect(await inventory.stock(sku)).toMatchObject({ onHand: 6, reserved: 0 });
  });

  it('gives a reservation back once', async () => {
    const sku = await product(10);
    const wanted = order(sku, 4);
    await inventory.reserve(wanted);
    await inventory.release(wanted.orderId);
    await inventory.release(wanted.orderId);
    expect(answers(wanted.orderId).slice(1)).toMatchObject([
      { name: 'inventory.released' },
      { name: 'inventory.released' },
    ]);
    expect(await inventory.stock(sku)).toMatchObject({ onHand: 10, reserved: 0 });
  });

  it('takes nothing for an order whose release came first (F24)', async () => {
    const sku = await product(10);
    const wanted = order(sku, 4);
    await inventory.release(wanted.orderId);
    await inventory.reserve(wanted);
    expect(answers(wanted.orderId)[1]).toMatchObject({ name: 'inventory.rejected', data: { code: 'CANCELLED' } });
    expect(await inventory.stock(sku)).toMatchObject({ reserved: 0 });
  });

  it('refuses to commit what is not reserved, and to release what is gone, and changes nothing', async () => {
    const sku = await product(10);
    const [committed, unknown] = [order(sku, 1), order(sku, 1)];
    await inventory.reserve(committed);
    await inventory.commit(committed.orderId);
    await expect(inventory.commit(unknown.orderId)).rejects.toMatchObject({ code: 'RESERVATION_CONFLICT' });
    await expect(inventory.release(committed.orderId)).rejects.toMatchObject({ code: 'RESERVATION_CONFLICT' });
    expect(await inventory.stock(sku)).toMatchObject({ onHand: 9, reserved: 0 });
  });

  it('restocks without overflow', async () => {
    const sku = await product(9_000_000_000_000_000 - 5);
    expect(await inventory.restock(sku, 5)).toMatchObject({ onHand: 9_000_000_000_000_000 });
    await expect(inventory.restock(sku, 1)).rejects.toMatchObject({ code: 'STOCK_LIMIT_REACHED' });
    await expect(inventory.restock('constructor', 1)).rejects.toMatchObject({ code: 'SKU_NOT_FOUND' });
  });
});

const revisionOf = ({ data }: { readonly data: unknown }): number => (data as { revision: number }).revision; // by its contract

describe('the catalogue', () => {
  let inventory: InventoryHarness;

  beforeAll(async () => {
    inventory = await InventoryHarness.start();
  });

  afterAll(async () => {
    await inventory.stop();
  });

  it('is published once, however many replicas start at once and however often', async () => {
    const larger = [...INITIAL_CATALOGUE, { sku: 'SKU-NEW', name: 'New', price: 100, stock: 1 }];
    await Promise.all([1, 2, 3].map(() => inventory.publish(larger)));
    await inventory.publish(larger);
    expect(inventory.outbox.sent).toHaveLength(INITIAL_CATALOGUE.length + 1 + 2);
    expect(inventory.outbox.sentFor('catalogue')).toEqual([
      { name: 'catalogue.published', data: { products: INITIAL_CATALOGUE.length, revision: expect.any(Number) } },
      { name: 'catalogue.published', data: { products: larger.length, revision: expect.any(Number) } },
    ]);
    expect(await inventory.products()).toHaveLength(larger.length);
    expect(await inventory.stock('SKU-LIMITED-10')).toMatchObject({ onHand: 10 });
    expect(await inventory.stock('SKU-SOLD-OUT')).toMatchObject({ onHand: 0 });
  });

  it('lists a changed price at a higher revision and leaves the stock alone', async () => {
    await inventory.reserve({ orderId: newId(), items: [{ sku: 'SKU-HONEY', quantity: 7 }] });
    const before = await inventory.stock('SKU-HONEY');
    await inventory.publish(
      INITIAL_CATALOGUE.map((listed) => (listed.sku === 'SKU-HONEY' ? { ...listed, price: 710, stock: 1 } : listed)),
    );
    expect(inventory.outbox.sentFor('SKU-HONEY')[1]).toMatchObject({
      name: 'catalogue.product-listed',
      data: { price: { amount: 710, currency: 'EUR' } },
    });
    for (const key of ['SKU-HONEY', 'catalogue']) {
      const revisions = inventory.outbox.sentFor(key).map(revisionOf);
      expect(revisions.at(-1)).toBeGreaterThan(Math.max(...revisions.slice(0, -1)));
    }
    expect(await inventory.stock('SKU-HONEY')).toEqual(before);
  });

  it('outbids every revision that was published before an older copy was restored (F71)', async () => {
    const at = (price: number) =>
      INITIAL_CATALOGUE.map((listed) => (listed.sku === 'SKU-KETTLE' ? { ...listed, price } : listed));
    for (const price of [11, 12, 13]) await inventory.publish(at(price));
    await inventory.rewindRevisions();
    await inventory.publish(at(14));
    for (const key of ['SKU-KETTLE', 'catalogue']) {
      const revisions = inventory.outbox.sentFor(key).map(revisionOf);
      expect(revisions.at(-1)).toBeGreaterThan(Math.max(...revisions.slice(0, -1)));
    }
  });

  it('is published once for all who ask for it at about the same time (F71)', async () => {
    await inventory.rewindRevisions(); // long ago
    const published = () => inventory.outbox.namesFor('catalogue').length;
    const before = published();
    expect(await inventory.publishOnRequest()).toBe(true);
    expect(await Promise.all([inventory.publishOnRequest(), inventory.publishOnRequest()])).toEqual([false, false]);
    expect(published()).toBe(before + 1);
    await inventory.rewindRevisions();
    expect(await inventory.publishOnRequest()).toBe(true);
  });
});
