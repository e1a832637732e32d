import { storyOf } from '@waybill/order-story';

import { orders } from '../api/orders.js';
import { type Cli, outcome, type Outcome } from '../cli.js';
import { fact } from '../output/sheet.js';
import { describeStory, sagaLines } from '../story/describe-story.js';
import { holdupsOf } from '../story/holdups.js';
import { loadStory } from '../story/load-story.js';
import { orderIdFrom } from './find-order.js';
import { heldText, orderOf } from './sagas.js';

/** `orders show`: what all services know of one order. */
export async function showOrder(cli: Cli, given: string): Promise<Outcome> {
  const client = orderOf(cli);
  const story = await loadStory(cli, client, await orderIdFrom(client, given));
  const rows = storyOf(story, cli.now());
  const holdups = holdupsOf(story, rows, cli.now());
  const { order, saga, timeline, letters, parked, failures, unasked } = story;
  const document = { order, saga, holdups, timeline, messages: rows, letters, parked, unasked };
  return outcome(document, describeStory(cli, story, { rows, holdups }), failures);
}

/** `sagas show`: the saga alone, as the order service keeps it. */
export async function showSaga(cli: Cli, given: string): Promise<Outcome> {
  const client = orderOf(cli);
  const saga = await orders.saga(client, await orderIdFrom(client, given));
  const text = [
    ...fact('order', saga.orderId),
    ...fact('started', saga.startedAt),
    ...fact('changed', saga.updatedAt),
    ...fact('undone for', saga.failure && `${saga.failure.step}: ${saga.failure.code}: ${saga.failure.message}`),
    ...fact('still held', (saga.held ?? []).map((effect) => heldText(effect)).join('; ')),
    ...sagaLines(cli, saga),
    '',
    `Its messages: ${cli.invocation} orders show ${saga.orderId}`,
  ];
  return outcome({ saga }, text.join('\n'));
}
