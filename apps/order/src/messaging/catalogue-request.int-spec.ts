import { eventually } from '@waybill/messaging/testing';
import type { Outbox } from '@waybill/outbox';

import { Catalogue } from '../persistence/catalogue.postgres.js';
import type { CatalogueProgress } from '../persistence/catalogue.postgres.js';
import { startOrderService } from '../testing/order-service.js';
import type { OrderService } from '../testing/order-service.js';
import { CatalogueRequest } from './catalogue-request.js';

/** Notes each look at how complete it is. */
class WatchedCatalogue extends Catalogue {
  readonly looks: CatalogueProgress[] = [];

  override async progress(): Promise<CatalogueProgress> {
    const progress = await super.progress();
    this.looks.push(progress);
    return progress;
  }
}

describe('a service without its catalogue', () => {
  let service: OrderService;
  let catalogue: WatchedCatalogue;
  let request: CatalogueRequest;

  beforeAll(async () => {
    service = await startOrderService();
  }, 60_000);

  beforeEach(() => {
    catalogue = new WatchedCatalogue(service.database);
    const outbox = service.outbox as unknown as Outbox; // stands in for it, as everywhere in this service's tests
    request = new CatalogueRequest(catalogue, service.database, outbox, { firstAfterMs: 1, againAfterMs: 20 });
  });
  afterEach(() => request.onApplicationShutdown());
  afterAll(() => service.stop());

  const asked = () => service.outbox.namesFor('catalogue').length;

  it('asks inventory for it, again and again until it is complete, and then no more (F71)', async () => {
    await service.database.query({ name: 'test_lose', text: 'DELETE FROM catalogue_publication' });
    request.onApplicationBootstrap();
    await eventually(() => asked() >= 2);
    expect(service.outbox.sentFor('catalogue')[0]).toEqual({
      name: 'inventory.publish-catalogue',
      data: { requester: 'order' },
    });
    const publication = { products: 2, revision: 2 };
    await service.database.transaction((tx) => catalogue.publish(tx, publication));
    await eventually(() => catalogue.looks.at(-1)?.expected === 2);
    await request.onApplicationShutdown();
    const incomplete = catalogue.looks.filter(({ expected }) => expected === undefined);
    expect([asked(), catalogue.looks.length - incomplete.length]).toEqual([incomplete.length, 1]);
  });

  it('asks nobody where it has it', async () => {
    const before = asked();
    request.onApplicationBootstrap();
    await eventually(() => catalogue.looks.length > 0);
    await request.onApplicationShutdown();
    expect(asked()).toBe(before);
  });
});
