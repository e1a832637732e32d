import type { NestExpressApplication } from '@nestjs/platform-express';
import { Test } from '@nestjs/testing';
import { Database, DatabaseModule, isTransientDatabaseError } from '@waybill/database';
import { createTestDatabase, PostgresProxy } from '@waybill/embedded/testing';
import type { TestDatabase } from '@waybill/embedded/testing';
import { configureHttp } from '@waybill/http';
import request from 'supertest';

import { CreateInventory1795600000300 } from '../persistence/migrations/create-inventory.js';
import { Restock } from '../use-cases/restock.js';
import { ViewStock } from '../use-cases/view-stock.js';
import { StockController } from './stock.controller.js';
import { translateError } from './translate-error.js';

const LIST_MUG = {
  name: 'test_list_mug',
  text: `INSERT INTO product (sku, name, price, currency, revision) VALUES ('MUG', 'Mug', 100, 'EUR', 1)`,
};
const STOCK_MUG = { name: 'test_stock_mug', text: `INSERT INTO stock (sku, on_hand) VALUES ('MUG', 10)` };

describe('the stock over HTTP', () => {
  let testDatabase: TestDatabase;
  let proxy: PostgresProxy;
  let app: NestExpressApplication;

  beforeAll(async () => {
    testDatabase = await createTestDatabase('inventory');
    proxy = await PostgresProxy.start(testDatabase.url);
    const module = await Test.createTestingModule({
      imports: [
        DatabaseModule.forRoot({
          serverUrl: proxy.url,
          database: new URL(testDatabase.url).pathname.slice(1),
          migrations: [CreateInventory1795600000300],
        }),
      ],
      controllers: [StockController],
      providers: [Restock, ViewStock],
    }).compile();
    app = module.createNestApplication<NestExpressApplication>({ bodyParser: false, logger: false });
    configureHttp(app, { translateError, isDatabaseAway: isTransientDatabaseError });
    await app.init();
    await app.get(Database).query(LIST_MUG);
    await app.get(Database).query(STOCK_MUG);
  });

  afterAll(async () => {
    await app.close();
    await proxy.stop();
    await testDatabase.drop();
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

  it('refuses an unknown SKU', async () => {
    const { body } = await restock('NO-SUCH', 1).expect(404);
    expect(body).toMatchObject({ code: 'SKU_NOT_FOUND' });
  });

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
      expect(body).toMatchObject({ code: 'OUTCOME_UNKNOWN', detail: expect.stringContaining('look for its effect') });
      expect(await onHand()).toBe(before + added);
    },
  );
});
