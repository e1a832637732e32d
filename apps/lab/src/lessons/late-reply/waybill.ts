import { Database } from '@waybill/database';
import { SagaEngine, SagaModule, SagaStore } from '@waybill/saga';

import { settleOrders } from '../stage/settle-orders.js';
import type { Stage } from '../stage/stage.js';
import { startWaybillService } from '../stage/waybill-service.js';
import { countPayments } from './count-payments.js';
import type { PaymentCounts } from './count-payments.js';
import { COMMANDS, EVENTS, SLOW, TOKENS } from './messages.js';
import { PaymentProvider } from './payment-provider.js';
import { PaymentController } from './payment.controller.js';
import { PAYMENT, payment } from './payment.saga.js';

const GIVEN_UP: readonly (string | undefined)[] = ['COMPENSATING', 'COMPENSATED'];

export async function waybill(stage: Stage): Promise<PaymentCounts> {
  const provider = new PaymentProvider(stage);
  const app = await startWaybillService(stage, {
    wire: stage.wire(),
    topics: [
      { name: COMMANDS, kind: 'command' },
      { name: EVENTS, kind: 'event' },
    ],
    controllers: [PaymentController],
    providers: [settleOrders, { provide: PaymentProvider, useValue: provider }],
    imports: [SagaModule.forRoot({ definitions: [payment] })],
  });
  const [engine, sagas] = [app.get(SagaEngine, { strict: false }), app.get(SagaStore, { strict: false })];
  const statusOf = async (token: string) => (await sagas.find(PAYMENT, stage.key(token)))?.status;
  try {
    for (const token of TOKENS) {
      await app.get(Database, { strict: false }).transaction(async (tx) => {
        await stage.books.place(tx, token);
        engine.start(tx, PAYMENT, { id: stage.key(token), data: { run: stage.run, token } });
      });
    }
    for (const token of SLOW) {
      await stage.until(`the deadline of order ${token}`, async () => GIVEN_UP.includes(await statusOf(token)));
      stage.show(token, 'cancelled', 'waiting', `No answer: order ${token} is cancelled, and its charge is undone`);
      provider.givenUp(token);
    }
    await stage.until('all orders to be settled', async () => {
      const statuses = await Promise.all(TOKENS.map(statusOf));
      const { charged, cheated } = await countPayments(stage);
      const isSettled = statuses.every((status) => status === 'COMPLETED' || status === 'COMPENSATED');
      return isSettled && charged === TOKENS.length && cheated.length === 0;
    });
    for (const { token, state } of await stage.books.orders(stage.database)) {
      if (state === 'FULFILLED') stage.show(token, 'paid', 'ok', `Order ${token} is paid`);
    }
    return await countPayments(stage);
  } finally {
    await app.close();
  }
}
