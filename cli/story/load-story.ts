import type { ServiceName } from '@waybill/contracts';
import { questionsAbout, type StoryParts } from '@waybill/order-story';

import type { AdminClient } from '../api/admin-client.js';
import { askServices, type ServiceFailure } from '../api/ask-services.js';
import { type Order, orders, type SagaDetail } from '../api/orders.js';
import { CliError, ProblemAnswerError } from '../cli.errors.js';
import type { Cli } from '../cli.js';

export interface LoadedStory extends StoryParts {
  readonly order: Order;
  readonly saga: SagaDetail;
  /** Services that couldn't say what they know of it. */
  readonly failures: readonly ServiceFailure[];
  /** Services that weren't asked. */
  readonly unasked: readonly ServiceName[];
}

/**
 * What the chosen services know of an order.
 * @throws CliError where the order service doesn't know it, or can't say
 */
export async function loadStory(cli: Cli, client: AdminClient, orderId: string): Promise<LoadedStory> {
  const [order, saga, timeline] = await Promise.all([
    orders.find(client, orderId),
    orders.saga(client, orderId),
    orders.timeline(client, orderId),
  ]).catch((error: unknown) => {
    if (!(error instanceof ProblemAnswerError) || error.problemCode !== 'ORDER_NOT_FOUND') throw error;
    const why = `${error.message} What the services have of it all the same: ${cli.invocation} dlq list --key ${orderId} --state any`;
    throw new CliError('ORDER_NOT_FOUND', why, { cause: error });
  });
  const questions = questionsAbout(orderId, timeline);
  const { answers, failures } = await askServices(cli.clients, async (each) => {
    const asked = questions.find(({ service }) => service === each.service);
    if (asked === undefined) return { sent: [], taken: [], letters: [], parked: [] };
    const [sent, taken, letters, parked] = await Promise.all([
      orders.sent(each, asked.sent),
      asked.taken === undefined ? [] : orders.taken(each, asked.taken),
      orders.letters(each, asked.letters),
      orders.parked(each, asked.parked),
    ]);
    return { sent, taken, letters, parked };
  });
  const chosen = new Set(cli.clients.map(({ service }) => service));
  return {
    order,
    saga,
    timeline,
    sent: answers.flatMap(({ answer }) => answer.sent),
    taken: answers.flatMap(({ service, answer }) => answer.taken.map((entry) => ({ ...entry, service }))),
    letters: answers.flatMap(({ service, answer }) => answer.letters.map((letter) => ({ ...letter, service }))),
    parked: answers.flatMap(({ service, answer }) => answer.parked.map((key) => ({ ...key, service }))),
    failures,
    unasked: questions.flatMap(({ service }) => (chosen.has(service) ? [] : [service])),
  };
}
