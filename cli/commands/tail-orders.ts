import type { AdminClient } from '../api/admin-client.js';
import { type Order, orders } from '../api/orders.js';
import { CliError, ProblemAnswerError } from '../cli.errors.js';
import { type Cli, outcome, type Outcome } from '../cli.js';
import { money } from '../output/money.js';
import { composed, oneLine, printable } from '../output/printable.js';
import { isRoomy } from '../output/terminal.js';
import { toned, toneOf } from '../output/tone.js';
import { cutMiddle } from '../output/width.js';
import { interruptible } from '../replay/interrupt.js';
import { OrderMoves, type OrderSource } from '../tail/order-moves.js';
import { took, whyText } from './list-orders.js';
import { orderOf } from './sagas.js';

export interface TailRequest {
  readonly customerId: string | undefined;
  /** Only what has become this. */
  readonly status: string | undefined;
  /** How many orders to begin with. */
  readonly limit: number;
  readonly everyMs: number;
}

/** While the service gives no answer. */
const LONGEST_PAUSE_MS = 10_000;

/** `orders tail`: a line for each order that is placed or becomes something else, until Ctrl-C. With `--json` a document on each line. */
export async function tailOrders(cli: Cli, request: TailRequest): Promise<Outcome> {
  const client = orderOf(cli);
  const moves = new OrderMoves(sourceOf(client), { customerId: request.customerId });
  const tell = (order: Order, before?: string): void => {
    if (request.status !== undefined && order.status !== request.status) return;
    if (cli.json) cli.terminal.print(JSON.stringify({ ...order, before: before ?? null }));
    else cli.terminal.print(composed(lineOf(cli, order, before)));
  };
  await interruptible({ first: () => undefined, lastWords: () => undefined }, async ({ signal, sleep }) => {
    for (const order of await moves.begin(request.limit)) tell(order, order.status);
    let pauseMs = request.everyMs;
    for (;;) {
      await sleep(pauseMs);
      if (signal.aborted) return;
      const isBack = pauseMs > request.everyMs;
      try {
        const { moves: moved, isBehind } = await moves.look();
        if (isBack) cli.terminal.note(`waybill: ${client.service} answers again`);
        pauseMs = request.everyMs;
        for (const { order, before } of moved) tell(order, before);
        if (isBehind) cli.terminal.note('waybill: more orders move than can be shown; some are missing here');
      } catch (error) {
        if (!(error instanceof CliError) || error.code !== 'UNREACHABLE') throw error;
        if (!isBack) cli.terminal.note(printable(`waybill: ${error.message} Trying again until it answers.`));
        pauseMs = Math.min(LONGEST_PAUSE_MS, pauseMs * 2);
      }
    }
  });
  return { ...outcome({}, ''), isSaid: true };
}

function sourceOf(client: AdminClient): OrderSource {
  return {
    page: (filter, limit, cursor) => orders.page(client, filter, limit, cursor),
    find: async (id) => {
      try {
        return await orders.find(client, id);
      } catch (error) {
        if (error instanceof ProblemAnswerError && error.status === 404) return undefined;
        throw error;
      }
    },
  };
}

function lineOf({ terminal }: Pick<Cli, 'terminal'>, order: Order, before: string | undefined): string {
  const isWide = isRoomy(terminal);
  const at = new Date(order.updatedAt);
  const move = before === undefined || before === order.status ? order.status : `${before} → ${order.status}`;
  const parts = [
    isWide ? at.toISOString() : at.toISOString().slice(11, 19),
    isWide ? order.id : cutMiddle(order.id, 13),
    toned(move.padEnd(isWide ? 21 : 0), toneOf(order.status), terminal),
    money(order.total),
    order.customerId,
    took(order),
    whyText(order),
  ];
  return parts
    .filter((part) => part !== '')
    .map((part) => (part.startsWith('\u001B') ? part : oneLine(part)))
    .join('  ');
}
