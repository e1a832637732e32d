import { Database } from '@waybill/database';
import { SagaEngine, SagaModule, SagaStore } from '@waybill/saga';

import { settleOrders } from '../stage/settle-orders.js';
import type { Stage } from '../stage/stage.js';
import { startWaybillService } from '../stage/waybill-service.js';
import { countPurchases } from './count-purchases.js';
import type { PurchaseCounts } from './count-purchases.js';
import { COMMANDS, EVENTS, TOKENS } from './messages.js';
import { ParticipantsController } from './participants.controller.js';
import { PURCHASE, purchase } from './purchase.saga.js';

const ENDED: readonly (string | undefined)[] = ['COMPLETED', 'COMPENSATED'];

export async function waybill(stage: Stage): Promise<PurchaseCounts> {
  const app = await startWaybillService(stage, {
    wire: stage.wire(),
    topics: [
      { name: COMMANDS, kind: 'command' },
      { name: EVENTS, kind: 'event' },
    ],
    controllers: [ParticipantsController],
    providers: [settleOrders],
    imports: [SagaModule.forRoot({ definitions: [purchase] })],
  });
  const [engine, sagas] = [app.get(SagaEngine, { strict: false }), app.get(SagaStore, { strict: false })];
  try {
    for (const token of TOKENS) {
      await app.get(Database, { strict: false }).transaction(async (tx) => {
        await stage.books.place(tx, token);
        engine.start(tx, PURCHASE, { id: stage.key(token), data: { run: stage.run, token } });
      });
    }
    for (const token of TOKENS) {
      await stage.until(`the saga of order ${token} to end`, async () => {
        return ENDED.includes((await sagas.find(PURCHASE, stage.key(token)))?.status);
      });
    }
    return await countPurchases(stage);
  } finally {
    await app.close();
  }
}
