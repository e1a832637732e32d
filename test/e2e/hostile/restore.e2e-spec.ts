import { SERVICE_NAMES } from '@waybill/contracts';
import type { ServiceName } from '@waybill/contracts';

import type { OrderBody } from '../../system/api.js';
import { call } from '../../system/api.js';
import { copyDatabase, loseDatabase, restoreDatabase } from '../../system/database-copies.js';
import { DocumentedCommands } from '../../system/documented-commands.js';
import type { Ran } from '../../system/documented-commands.js';
import { allOrders, expectBalanced, stockTake } from '../../system/ledger.js';
import { RunningSystem } from '../../system/running-system.js';
import { passDeadlines } from '../../system/saga-deadlines.js';
import { until } from '../../system/until.js';

const RECOVER = 'waybill sagas recover --all --why "restored, INC-7"';
const DISCARD =
  'waybill dlq discard --service order --error "answers a command that was not sent" --yes --why "restored, INC-7"';
const SETTLE = 'waybill lanes settle --all --service <service> --why "restored, INC-7"';

describe('docs/backup-and-restore.md, step by step', () => {
  let system: RunningSystem;
  let page: DocumentedCommands;
  let initial: ReadonlyMap<string, number>;
  /** Known to the copy, which has it on its way to the carrier. */
  let onItsWay: OrderBody;
  /** Placed after the copy; each with its end. */
  let placed: readonly OrderBody[];
  /** Placed after the copy, charged and reserved, but not shipped when its order was lost. */
  let charged: string;

  beforeAll(async () => {
    system = await RunningSystem.start();
    page = new DocumentedCommands('docs/backup-and-restore.md', system);
    initial = await stockTake(system);
    await system.placeAndWait();
    await stop('shipping');
    const { body } = await system.place();
    await reserved(body.id);
    onItsWay = body;
    await stop(...SERVICE_NAMES);
    await Promise.all(SERVICE_NAMES.map((name) => copyDatabase(system, name)));
    await start(...SERVICE_NAMES);

    placed = await Promise.all([
      system.placeAndWait(),
      system.placeAndWait({ items: [{ sku: 'SKU-MUG-BLUE', quantity: 1 }] }),
      system.placeAndWait({ paymentMethod: 'pm_card_declined' }),
      system.placeAndWait({ items: [{ sku: 'SKU-SOLD-OUT', quantity: 1 }] }),
    ]);
    expect(placed.map(({ status }) => status)).toEqual(['FULFILLED', 'FULFILLED', 'REJECTED', 'REJECTED']);
    await stop('shipping');
    const lost = await system.place();
    await reserved(lost.body.id);
    charged = lost.body.id;
  }, 180_000);

  afterAll(() => system?.stop(), 60_000);

  const stop = (...names: readonly ServiceName[]) => Promise.all(names.map((name) => system.services[name].end()));
  const start = (...names: readonly ServiceName[]) => Promise.all(names.map((name) => system.services[name].start()));
  const reserved = (id: string) =>
    until(async () => (await system.saga(id)).step === 'create-shipment', { what: `the stock of ${id}` });

  const follow = async (command: string, values: Readonly<Record<string, string>> = {}): Promise<Ran> => {
    const ran = await page.run(command, values);
    expect(ran).toMatchObject({ code: 0, stderr: '' });
    return ran;
  };

  /** Everything that the topics and outboxes hold has been read, by these services, and answered. */
  const caughtUp = (names: readonly ServiceName[]) =>
    until(
      async () => {
        for (const name of names) {
          const url = `${system.services[name].url}/admin`;
          const { body: topics } = await call<readonly { lagMessages: number }[]>(`${url}/topics`);
          const { body: outbox } = await call<{ unpublished: number }>(`${url}/outbox`);
          if (outbox.unpublished > 0 || !topics.every(({ lagMessages }) => lagMessages === 0)) return false;
        }
        return true;
      },
      { timeoutMs: 120_000, what: 'everything to be read' },
    );

  const settleAll = async (): Promise<void> => {
    for (const service of SERVICE_NAMES) await follow(SETTLE, { '<service>': service });
    expect((await follow('waybill lanes')).stdout).toContain('No lane has an issue.');
  };

  const expectEnds = async (): Promise<void> => {
    for (const { id, status, total } of placed) {
      expect(await system.ended(id)).toMatchObject({ id, status, ...(status === 'FULFILLED' && { total }) });
    }
    expect(await system.ended(charged)).toMatchObject({ status: 'REJECTED', failure: { code: 'RECORD_LOST' } });
    expect(await system.ended(onItsWay.id)).toMatchObject({ status: 'FULFILLED', customerId: onItsWay.customerId });
  };

  it('ends with ledgers that agree after an older copy of the order service (F71)', async () => {
    await system.services.order.end();
    await restoreDatabase(system, 'order');
    await passDeadlines(system);
    await start('order');
    const doctor = await page.run('waybill doctor');
    expect(doctor.stdout).toContain('skipped');
    await caughtUp(['order']);
    expect((await page.run('waybill doctor')).stdout).toContain('waybill sagas orphans');
    const orphans = (await follow('waybill sagas orphans')).stdout;
    for (const id of [...placed.map((order) => order.id), charged]) expect(orphans).toContain(id);
    expect((await follow(RECOVER)).stdout).toContain('5 orders recovered: 2 had been fulfilled');
    await start('shipping');
    await expectEnds();
    await settleAll();
    await follow(DISCARD);
    expect((await follow('waybill dlq groups')).stdout).toContain('No ');
    await expectBalanced(system, initial);
  }, 240_000);

  it('ends so too after older copies of all four, of one moment (F71)', async () => {
    await Promise.all(SERVICE_NAMES.map((name) => system.services[name].end()));
    await Promise.all(SERVICE_NAMES.map((name) => restoreDatabase(system, name)));
    await passDeadlines(system);
    await start(...SERVICE_NAMES);
    await caughtUp(SERVICE_NAMES);
    expect((await follow(RECOVER)).stdout).toContain('5 orders recovered: 2 had been fulfilled');
    await expectEnds();
    await settleAll();
    await expectBalanced(system, initial);
  }, 240_000);

  it.each(['inventory', 'payment', 'shipping'] as const)(
    'ends so too after an older copy of the %s service alone, with every order as it was (F71)',
    async (name) => {
      const ends = async () => (await allOrders(system)).map(({ id, status, failure }) => ({ id, status, failure }));
      const before = await ends();
      await stop(name);
      const { body: waiting } = await system.place(); // what it is asked meanwhile
      await restoreDatabase(system, name);
      await start(name);
      expect((await page.run('waybill lanes')).stdout).toContain('skipped');
      await caughtUp(SERVICE_NAMES);
      await follow(RECOVER);
      expect(await system.ended(waiting.id)).toMatchObject({ status: 'FULFILLED' });
      // The order service was restored before: it is answered once more what it has forgotten to have asked.
      const isSettled = async () => {
        await follow(DISCARD);
        return (await follow('waybill dlq groups')).stdout.includes('No ');
      };
      await until(isSettled, { what: 'no letter but such answers' });
      await settleAll();
      expect((await ends()).filter(({ id }) => id !== waiting.id)).toEqual(before);
      await expectBalanced(system, initial);
    },
    240_000,
  );

  it('lets a lost database of the order service take orders again, which gets the catalogue by itself (F71)', async () => {
    await system.services.order.end();
    await loseDatabase(system, 'order');
    system.services.order.spawn();
    await until(async () => (await page.run('waybill lanes')).stdout.includes('foreign'), { what: 'the issue' });
    expect((await page.run('waybill doctor')).stdout).toContain('lanes settle');
    await settleAll();
    await system.services.order.ready();
    expect(await system.placeAndWait()).toMatchObject({ status: 'FULFILLED' });
  }, 120_000);
});
