import type { MessageFacts, OrderFacts } from './facts.js';
import type { DatabaseName, ServiceDatabases } from './service-databases.js';
import { ANSWERS, SENT, TAKEN } from './sql.js';

interface SentRow {
  readonly id: string;
  readonly seq: number;
  readonly topic: string;
  readonly type: string;
  readonly source: string;
  readonly published: boolean;
}

interface Answer {
  readonly orderId: string;
  readonly id: string;
  readonly service: string;
}

const PARTICIPANTS = ['payment', 'inventory', 'shipping'] as const;

/**
 * The commands that the sagas of these orders have sent and the answers that they have got, each as its sender's outbox and its
 * receiver's inbox have it. What has been swept from an outbox is left out.
 */
export async function readMessages(
  databases: ServiceDatabases,
  orders: readonly OrderFacts[],
): Promise<ReadonlyMap<string, readonly MessageFacts[]>> {
  if (orders.length === 0) return new Map();
  const owners = new Map<string, string>();
  for (const { id, saga } of orders) {
    for (const step of saga?.steps ?? []) {
      for (const command of [...(step.asked ?? []).flatMap(({ commands }) => commands), step.commandId]) {
        if (command !== undefined) owners.set(command, id);
      }
    }
  }
  const commands = await databases.read<SentRow>('order', SENT, [[...owners.keys()]]);
  const answers = await databases.read<Answer>('order', ANSWERS, [orders.map(({ id }) => id)]);
  for (const { id, orderId } of answers) owners.set(id, orderId);
  const all = await Promise.all(
    PARTICIPANTS.map(async (service) => {
      const own = commands.filter(({ topic }) => topic === `${service}.commands`);
      const ids = answers.filter((answer) => answer.service === service).map(({ id }) => id);
      const events = await databases.read<SentRow>(service, SENT, [ids]);
      return [...(await withTaken(databases, service, own)), ...(await withTaken(databases, 'order', events))];
    }),
  );
  const messages = new Map<string, MessageFacts[]>();
  for (const message of all.flat()) {
    const orderId = owners.get(message.id) ?? '';
    messages.set(orderId, [...(messages.get(orderId) ?? []), message]);
  }
  return messages;
}

async function withTaken(
  databases: ServiceDatabases,
  receiver: DatabaseName,
  sent: readonly SentRow[],
): Promise<readonly MessageFacts[]> {
  const rows = await databases.read<{ readonly id: string } & NonNullable<MessageFacts['taken']>>(receiver, TAKEN, [
    receiver, // a service's group is named after it
    sent.map(({ source }) => source),
    sent.map(({ id }) => id),
  ]);
  const taken = new Map(rows.map(({ id, ...row }) => [id, row]));
  return sent.map(({ id, topic, type, seq, published }) => {
    const row = taken.get(id);
    return { id, topic, type, seq, published, ...(row === undefined ? {} : { taken: row }) };
  });
}
