import { SERVICE_NAMES } from '@waybill/contracts';
import type { ServiceName } from '@waybill/contracts';

import { call } from '../../system/api.js';
import { copyDatabase, restoreDatabase } from '../../system/database-copies.js';
import { expectBalanced, stockTake } from '../../system/ledger.js';
import { RunningSystem } from '../../system/running-system.js';
import { passDeadlines } from '../../system/saga-deadlines.js';
import { until } from '../../system/until.js';

describe('orders in flight in an older copy of the order database, which is older than their deadlines', () => {
  let system: RunningSystem;
  let initial: ReadonlyMap<string, number>;
  /** By the step that the copy has them at. */
  let fulfilled: readonly string[];
  let cancelled: readonly string[];

  const stop = (...names: readonly ServiceName[]) => Promise.all(names.map((name) => system.services[name].end()));
  const start = (...names: readonly ServiceName[]) => Promise.all(names.map((name) => system.services[name].start()));

  const placedAt = async (step: string): Promise<string> => {
    const { id } = (await system.place()).body;
    await until(async () => (await system.saga(id)).step === step, { what: step });
    return id;
  };

  /** No answer waits at the broker for the copy. */
  const isRead = async (): Promise<boolean> => {
    const { body } = await call<readonly { lagMessages: number }[]>(`${system.services.order.url}/admin/topics`);
    return body.every(({ lagMessages }) => lagMessages === 0);
  };

  const stateOf = async (id: string) => ({
    order: (await system.ended(id)).status,
    payments: (await system.payments(id)).map(({ status }) => status),
    shipped: (await system.shipments(id)).filter(({ status }) => status === 'CREATED').length,
  });

  beforeAll(async () => {
    system = await RunningSystem.start();
    initial = await stockTake(system);
    await stop('shipping');
    const booking = [await placedAt('create-shipment'), await placedAt('create-shipment')];
    await stop('payment');
    const paying = [await placedAt('process-payment'), await placedAt('process-payment')];
    fulfilled = [booking, paying].flatMap(([id]) => id ?? []);
    cancelled = [booking, paying].flatMap(([, id]) => id ?? []);
    await until(isRead, { what: 'the answers to be read' });
    await stop('order');
    await copyDatabase(system, 'order');
    await start('order');
    for (const id of cancelled) {
      expect(await system.post(`/orders/${id}/cancel`, { reason: 'changed my mind' })).toMatchObject({ status: 202 });
    }
    await start('payment', 'shipping');
    for (const id of cancelled) expect(await stateOf(id)).toMatchObject({ order: 'CANCELLED', shipped: 0 });
    const ends = { order: 'FULFILLED', payments: ['CHARGED'], shipped: 1 };
    for (const id of fulfilled) expect(await stateOf(id)).toEqual(ends);
    await until(async () => (await Promise.all(fulfilled.map((id) => system.saga(id)))).every(isCompleted), {
      what: 'the sagas to complete',
    });

    await stop('order');
    await restoreDatabase(system, 'order');
    await passDeadlines(system);
    await start('order');
  }, 240_000);

  afterAll(() => system?.stop(), 60_000);

  it('are fulfilled again, and nothing of them is undone, where they had been fulfilled since (F64, F71)', async () => {
    for (const id of fulfilled) {
      expect(await stateOf(id)).toEqual({ order: 'FULFILLED', payments: ['CHARGED'], shipped: 1 });
      await until(async () => isCompleted(await system.saga(id)), { what: `saga ${id} to complete` });
    }
  }, 120_000);

  it('are not shipped where they had been cancelled and refunded since (F71)', async () => {
    for (const id of cancelled) {
      expect(await stateOf(id)).toEqual({ order: 'REJECTED', payments: ['REFUNDED'], shipped: 0 });
      expect((await system.order(id)).failure).toMatchObject({ code: 'RECORD_LOST' });
    }
    await expectBalanced(system, initial);
  }, 120_000);

  it('leave no letter but answers to what the copy has forgotten, in no service (F71)', async () => {
    for (const service of SERVICE_NAMES) {
      const { url } = system.services[service];
      const { body } = await call<{ items: readonly { reason: string }[] }>(`${url}/admin/dead-letters?state=dead`);
      const allowed = service === 'order' ? ['REPLY_TO_UNKNOWN_COMMAND'] : [];
      expect({
        service,
        reasons: body.items.map(({ reason }) => reason).filter((reason) => !allowed.includes(reason)),
      }).toEqual({ service, reasons: [] });
    }
  });
});

function isCompleted({ status }: { readonly status: string }): boolean {
  return status === 'COMPLETED';
}
