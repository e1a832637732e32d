import { Controller } from '@nestjs/common';
import type { INestApplication } from '@nestjs/common';
import { Ctx, Payload } from '@nestjs/microservices';
import { Database } from '@waybill/database';
import type { Transaction } from '@waybill/database';
import { MessageHandler, newMessage } from '@waybill/messaging';
import type { MessageContext } from '@waybill/messaging';
import { Outbox } from '@waybill/outbox';

import { Stage } from '../stage/stage.js';
import { startWaybillService } from '../stage/waybill-service.js';
import type { LessonData } from '../stage/wire.js';
import { countOrders } from './count-orders.js';
import type { OrderCounts } from './count-orders.js';
import { OrderPlaced, ORDERS, QUIET, STRUCK } from './messages.js';

/** The row and the message commit together; the relay publishes what is committed, whichever process committed it. */
async function place(app: INestApplication, stage: Stage, token: string): Promise<void> {
  const outbox = app.get(Outbox, { strict: false });
  await app.get(Database, { strict: false }).transaction(async (tx) => {
    await stage.books.place(tx, token);
    outbox.add(tx, newMessage(OrderPlaced, { key: stage.key(token), data: { run: stage.run, token } }));
    tx.afterCommit(() => stage.show(token, 'table', 'ok', `Order ${token} is committed, with its message`));
  });
}

@Controller()
class ShippingController {
  constructor(private readonly stage: Stage) {}

  @MessageHandler(OrderPlaced)
  async placed(@Payload() { run, token }: LessonData, @Ctx() { tx }: MessageContext<Transaction>): Promise<void> {
    if (run !== this.stage.run) return;
    await this.stage.books.ship(tx, token);
    tx.afterCommit(() => this.stage.show(token, 'shipping', 'ok', `Parcel ${token} is on its way`));
  }
}

export async function waybill(stage: Stage): Promise<OrderCounts> {
  const wire = stage.wire({ published: (token) => stage.show(token, 'topic', 'ok', `Order ${token} is published`) });
  const start = (): Promise<INestApplication> =>
    startWaybillService(stage, {
      wire,
      topics: [{ name: ORDERS, kind: 'event' }],
      controllers: [ShippingController],
    });

  const first = await start();
  try {
    for (const token of QUIET) await place(first, stage, token);
    await stage.until('the first orders to be published', () => wire.published.length >= QUIET.length);
    wire.dieBefore(STRUCK);
    await Promise.all(STRUCK.map((token) => place(first, stage, token)));
    await stage.until('the process to die', () => wire.isDead);
    stage.tell('topic', 'fault', 'The process dies between COMMIT and publish');
  } finally {
    await first.close();
  }

  const before = wire.published.length;
  wire.revive();
  const second = await start();
  stage.tell('table', 'ok', 'A new process starts: its relay finds what is committed and not published');
  try {
    await stage.until('the parcels of all orders', async () => {
      return (await stage.books.parcels(stage.database)).length >= QUIET.length + STRUCK.length;
    });
    return await countOrders(stage, wire, before);
  } finally {
    await second.close();
  }
}
