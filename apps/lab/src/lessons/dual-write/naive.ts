import type { Publisher } from '@waybill/messaging';
import { newId } from '@waybill/observability';

import { SOURCE } from '../stage/lesson-messages.js';
import { connect, recordOf, send } from '../stage/naive-broker.js';
import { consume } from '../stage/naive-consumer.js';
import type { Stage } from '../stage/stage.js';
import type { LessonData } from '../stage/wire.js';
import { countOrders } from './count-orders.js';
import type { OrderCounts } from './count-orders.js';
import { OrderPlaced, QUIET, STRUCK } from './messages.js';

/** The dual write: two systems, one after the other, and nothing that makes them agree. */
class NaiveShop {
  constructor(
    private readonly stage: Stage,
    private readonly publisher: Publisher,
  ) {}

  async place(token: string): Promise<void> {
    await this.stage.books.place(this.stage.database, token); // committed
    this.stage.show(token, 'table', 'ok', `Order ${token} is committed`);
    const data: LessonData = { run: this.stage.run, token };
    const [topic, key] = [this.stage.topic(), this.stage.key(token)];
    await send(this.publisher, recordOf(OrderPlaced, { topic, key, data, id: newId(), source: SOURCE }));
  }
}

export async function naive(stage: Stage): Promise<OrderCounts> {
  const wire = stage.wire({ published: (token) => stage.show(token, 'topic', 'ok', `Order ${token} is published`) });
  const connection = await connect(wire, [stage.topic()]);
  const shipping = await consume<LessonData>(stage, connection.broker, {
    topic: stage.topic(),
    handle: async ({ token }) => {
      await stage.books.ship(stage.database, token);
      stage.show(token, 'shipping', 'ok', `Parcel ${token} is on its way`);
    },
  });
  try {
    const shop = new NaiveShop(stage, connection.publisher);
    for (const token of QUIET) await shop.place(token);
    wire.dieBefore(STRUCK);
    await Promise.allSettled(STRUCK.map((token) => shop.place(token)));
    stage.tell('topic', 'fault', 'The process dies between COMMIT and publish');
    const before = wire.published.length;
    wire.revive();
    stage.tell('table', 'ok', 'A new process starts, and knows of nothing that is left to do');
    await stage.until('the parcels of what was published', async () => {
      return (await stage.books.parcels(stage.database)).length >= wire.published.length;
    });
    const counts = await countOrders(stage, wire, before);
    for (const token of counts.lost) stage.show(token, 'table', 'lost', `Nobody will ever hear of order ${token}`);
    return counts;
  } finally {
    await shipping.close();
    await connection.close();
  }
}
