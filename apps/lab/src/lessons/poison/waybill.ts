import { Controller } from '@nestjs/common';
import type { INestApplication } from '@nestjs/common';
import { Ctx, Payload } from '@nestjs/microservices';
import type { Transaction } from '@waybill/database';
import { DeadLetters, LetterEdits } from '@waybill/dlq';
import { BROKER, MessageHandler } from '@waybill/messaging';
import type { Broker, MessageContext } from '@waybill/messaging';
import { newId } from '@waybill/observability';

import { SOURCE } from '../stage/lesson-messages.js';
import { recordOf, send } from '../stage/naive-broker.js';
import { Stage } from '../stage/stage.js';
import { startWaybillService } from '../stage/waybill-service.js';
import { countParcels } from './count-parcels.js';
import type { ParcelCounts } from './count-parcels.js';
import { customerOf, GRAMS, ParcelAsked, parcelOf, PARCELS, POISON, TOKENS } from './messages.js';
import type { Parcel } from './messages.js';

@Controller()
class ParcelController {
  constructor(private readonly stage: Stage) {}

  @MessageHandler(ParcelAsked)
  async asked(@Payload() { run, token, grams }: Parcel, @Ctx() { tx }: MessageContext<Transaction>): Promise<void> {
    if (run !== this.stage.run) return;
    await this.stage.books.ship(tx, token, grams);
    tx.afterCommit(() => this.stage.show(token, 'shipped', 'ok', `Parcel ${token} is on its way`));
  }
}

/** The same faulty sender as the naive side's: what is wrong comes from elsewhere, so no outbox has refused it. */
async function publishAll(app: INestApplication, stage: Stage): Promise<void> {
  const publisher = await app.get<Broker>(BROKER, { strict: false }).createPublisher();
  try {
    for (const token of TOKENS) {
      const [key, data] = [stage.key(customerOf(token)), parcelOf(stage.run, token)];
      await send(publisher, recordOf(ParcelAsked, { topic: PARCELS, key, data, id: newId(), source: SOURCE }));
    }
  } finally {
    await publisher.close();
  }
}

export async function waybill(stage: Stage): Promise<ParcelCounts> {
  const wire = stage.wire({ published: (token) => stage.show(token, 'topic', 'ok', `Message ${token} is published`) });
  const app = await startWaybillService(stage, {
    wire,
    topics: [{ name: PARCELS, kind: 'event' }],
    controllers: [ParcelController],
  });
  const letters = app.get(DeadLetters, { strict: false });
  const key = stage.key(customerOf(POISON));
  const behind = TOKENS.slice(TOKENS.indexOf(POISON) + 1).filter((token) => customerOf(token) === customerOf(POISON));
  try {
    await publishAll(app, stage);
    let letter: Awaited<ReturnType<DeadLetters['list']>>[number] | undefined;
    await stage.until('the poison message to be a dead letter', async () => {
      [letter] = await letters.list({ key }, { limit: 1 });
      return letter !== undefined;
    });
    stage.show(POISON, 'letters', 'fault', `Message ${POISON} is a dead letter, with the reason`);
    await stage.until('what is behind it to be parked', async () => {
      return (await letters.count({ key, state: 'parked' })).count === behind.length;
    });
    for (const token of behind) stage.show(token, 'letters', 'waiting', `Message ${token} is parked behind it`);
    const others = TOKENS.length - 1 - behind.length;
    const sent = async (): Promise<number> => (await stage.books.parcels(stage.database)).length;
    await stage.until('all other parcels', async () => (await sent()) >= others);
    const meanwhile = await sent();

    const corrected = { ...parcelOf(stage.run, POISON), grams: GRAMS };
    stage.tell('letters', 'ok', `An operator corrects message ${POISON}, and it runs again`);
    const operator = { who: 'lab', why: 'the sender wrote words where grams belong' };
    await app.get(LetterEdits, { strict: false }).edit(letter?.id ?? '', corrected, operator);
    await stage.until('the corrected message and those behind it', async () => (await sent()) >= TOKENS.length);
    return await countParcels(stage, { attempts: letter?.attempts ?? 0, meanwhile });
  } finally {
    await app.close();
  }
}
