import type { NestExpressApplication } from '@nestjs/platform-express';
import { PostgresProxy, testDatabaseServer } from '@waybill/embedded/testing';
import { startTestService } from '@waybill/service/testing';
import type { TestService } from '@waybill/service/testing';
import request from 'supertest';

import { InventoryModule } from '../inventory.module.js';

const LIST_MUG = {
  name: 'test_list_mug',
  text: `INSERT INTO product (sku, name, price, currency, revision) VALUES ('MUG', 'Mug', 100, 'EUR', 1)`,
};
const STOCK_MUG = { name: 'test_stock_mug', text: `INSERT INTO stock (sku, on_hand) VALUES ('MUG', 10)` };

describe('the stock over HTTP', () => {
  let proxy: PostgresProxy;
  let service: TestService;
  let app: NestExpressApplication;

  beforeAll(async () => {
    proxy = await PostgresProxy.start(testDatabaseServer());
    service = await startTestService(InventoryModule, { DATABASE_URL: proxy.url });
    ({ app } = service);
    await service.database.query(LIST_MUG);
    await service.database.query(STOCK_MUG);
  });

  afterAll(async () => {
    await service.stop();
    await proxy.stop();
  });

  const restock = (sku: string, quantity: number) =>
    request(app.getHttpServer()).post(`/stock/${sku}/restock`).send({ quantity });
  const onHand = async (): Promise<number> => {
    const { body } = await request(app.getHttpServer()).get('/stock/MUG').expect(200);
    return (body as { onHand: number }).onHand; // the answer's contract
  };

  it('grows by what is restocked', async () => {
    const before = await onHand();
    const { body } = await restock('MUG', 5).expect(200);
    expect(body).toMatchObject({ sku: 'MUG', onHand: before + 5, reserved: 0, available: before + 5 });
    expect(await onHand()).toBe(before + 5);
  });

  it('has on record by how much, and who said why where somebody did, once for an Idempotency-Key', async () => {
    const named = { quantity: 3, who: 'ada', why: 'delivery 4711' };
    for (let time = 0; time < 2; time += 1) {
      const asked = request(app.getHttpServer()).post('/stock/MUG/restock').set('Idempotency-Key', 'named');
      await asked.send(named).expect(200);
    }
    await restock('MUG', 4).expect(200);
    const { body } = await request(app.getHttpServer()).get('/admin/audit?about=MUG&limit=2').expect(200);
    expect(body).toMatchObject({
      items: [
        { act: 'stock.restock', who: null, why: null, detail: { quantity: 4 } },
        { act: 'stock.restock', who: 'ada', why: 'delivery 4711', detail: { quantity: 3 } },
      ],
    });
    const { body: refused } = await request(app.getHttpServer())
      .post('/stock/MUG/restock')
      .send({ ...named, who: '' });
    expect(refused).toMatchObject({ status: 400, errors: [{ pointer: '/who' }] });
    const { body: unseen } = await request(app.getHttpServer())
      .post('/stock/MUG/restock')
      .send({ ...named, why: 'delivery\u200B 4711' });
    expect(unseen).toMatchObject({ status: 400, errors: [{ pointer: '/why', code: 'HIDDEN_CHARACTER' }] });
  });

  it('refuses an unknown SKU', async () => {
    const { body } = await restock('NO-SUCH', 1).expect(404);
    expect(body).toMatchObject({ code: 'SKU_NOT_FOUND' });
  });

  it('grows once, however often a request with the same Idempotency-Key is repeated (F31)', async () => {
    const before = await onHand();
    const keyed = (quantity: number) => restock('MUG', quantity).set('Idempotency-Key', 'delivery-7');
    const [first, second] = [await keyed(5).expect(200), await keyed(5).expect(200)];
    expect(second.text).toBe(first.text);
    expect(second.headers['idempotent-replayed']).toBe('true');
    expect((await keyed(6).expect(422)).body).toMatchObject({ code: 'IDEMPOTENCY_KEY_REUSED' });
    expect(await onHand()).toBe(before + 5);
  });

  it.each(['applied', 'lost'] as const)(
    'adds once when a COMMIT was %s with its connection and the request is repeated with its key (F36)',
    async (outcome) => {
      const before = await onHand();
      const keyed = () => restock('MUG', 5).set('Idempotency-Key', `cut-${outcome}`);
      const cut = proxy.cutCommit({ outcome, having: ['stock_restock'] });
      expect((await keyed().expect(503)).body).toMatchObject({ code: 'OUTCOME_UNKNOWN' });
      await cut;
      await keyed().expect(200);
      expect(await onHand()).toBe(before + 5);
    },
  );

  it.each([
    ['applied', 5],
    ['lost', 0],
  ] as const)(
    'says that the outcome is unknown when a COMMIT was %s with its connection: the stock then tells (F36)',
    async (outcome, added) => {
      const before = await onHand();
      const cut = proxy.cutCommit({ outcome, having: ['stock_restock'] });
      const { body, headers } = await restock('MUG', 5).expect(503);
      await cut;
      expect(headers['retry-after']).toBe('1');
      expect(body).toMatchObject({ code: 'OUTCOME_UNKNOWN', detail: expect.stringMatching(/look for its effect/i) });
      expect(await onHand()).toBe(before + added);
    },
  );

  it('publishes the whole catalogue once more, for a reader that has lost its copy or believes a wrong one (F71)', async () => {
    const body = { who: 'ada', why: 'order was restored, INC-7' };
    const publish = () => request(app.getHttpServer()).post('/admin/catalogue/publish').send(body);
    const { products } = (await publish().expect(200)).body as { products: number }; // the answer's contract
    const again = service.outbox.sent.slice(-products - 1);
    expect(again.map(({ contract }) => contract.name)).toEqual([
      ...Array.from({ length: products }, () => 'catalogue.product-listed'),
      'catalogue.published',
    ]);
    expect(again.at(-1)?.data).toMatchObject({ products });
    const mug = again.find(({ key }) => key === 'MUG');
    expect(mug?.data).toMatchObject({ sku: 'MUG', revision: expect.any(Number) });
    expect(mug?.data).not.toMatchObject({ revision: 1 }); // the one that readers have
  });
});
