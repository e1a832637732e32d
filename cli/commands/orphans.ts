import type { AdminClient } from '../api/admin-client.js';
import { askServices, failureOf, type ServiceFailure } from '../api/ask-services.js';
import type { Operator } from '../api/letter-filter.js';
import { takePages } from '../api/pages.js';
import { type Orphan, serviceState } from '../api/service-state.js';
import { parseOrderId } from '../arguments/order-id.js';
import { CliError, ProblemAnswerError } from '../cli.errors.js';
import { type Cli, outcome, type Outcome } from '../cli.js';
import { age, counted } from '../output/age.js';
import { renderTable } from '../output/table.js';
import { orderOf } from './sagas.js';

const MOST = 100_000;

/** `sagas orphans`: orders that participants answer about, and that the order service doesn't know. */
export async function listOrphans(cli: Cli, limit: number): Promise<Outcome> {
  const { answers, failures } = await askServices([orderOf(cli)], (client) =>
    takePages(limit, (size, cursor) => serviceState.orphanPage(client, size, cursor)),
  );
  const items = answers.flatMap(({ answer }) => answer);
  const text = items.length === 0 ? 'No answer belongs to an unknown order.' : orphanTable(cli, items);
  return outcome({ items }, failures.length > 0 ? '' : text, failures);
}

/** `sagas recover`: one order, or all that `sagas orphans` shows. */
export async function recoverOrders(
  cli: Cli,
  orderId: string | undefined,
  all: boolean,
  operator: Operator,
): Promise<Outcome> {
  if ((orderId === undefined) !== all) {
    throw new CliError('BAD_ARGUMENT', 'Say which order is to be recovered, or --all.');
  }
  const client = orderOf(cli);
  const orderIds =
    orderId === undefined
      ? (await takePages(MOST, (size, cursor) => serviceState.orphanPage(client, size, cursor))).map(
          (one) => one.orderId,
        )
      : [await orphanIdFrom(client, orderId)];
  const recovered: { readonly orderId: string; readonly status: string }[] = [];
  const failures: ServiceFailure[] = [];
  for (const id of orderIds) {
    try {
      recovered.push(await serviceState.recoverOrder(client, id, operator));
    } catch (error) {
      // One that can't be recovered keeps nobody else's money.
      if (!all || !(error instanceof ProblemAnswerError) || error.code !== 'REFUSED') throw error;
      failures.push(failureOf(client.service, error));
    }
  }
  const undone = recovered.filter(({ status }) => status === 'COMPENSATING').length;
  const text = `${counted(recovered.length, 'order')} recovered: ${recovered.length - undone} had been fulfilled, ${undone} ${undone === 1 ? 'is' : 'are'} being undone.`;
  return outcome({ recovered }, text, failures);
}

/** The order service doesn't know the order, so an id that is given in part is sought among those that `sagas orphans` lists. */
async function orphanIdFrom(client: AdminClient, text: string): Promise<string> {
  const given = parseOrderId(text);
  if (given.kind === 'whole') return given.id;
  const all = await takePages(MOST, (size, cursor) => serviceState.orphanPage(client, size, cursor));
  const matches = all.filter(({ orderId }) => orderId.startsWith(given.head) && orderId.endsWith(given.tail));
  const [only, ...others] = matches;
  if (only === undefined) throw new CliError('ORDER_NOT_FOUND', `${client.service}: no orphan has an id like ${text}.`);
  if (others.length === 0) return only.orderId;
  const lines = matches.map(({ orderId }) => `\n  ${orderId}`);
  throw new CliError('AMBIGUOUS_ID', `${matches.length} orphans have ids like ${text}:${lines.join('')}`);
}

function orphanTable(cli: Cli, items: readonly Orphan[]): string {
  const now = cli.now();
  const table = renderTable(
    items,
    [
      { title: 'ORDER', value: ({ orderId }) => orderId, shrinks: 'middle' },
      { title: 'LETTERS', value: ({ letters }) => String(letters), align: 'right' },
      { title: 'AGE', value: ({ since }) => age(since, now), align: 'right' },
      { title: 'ANSWERS', value: ({ answers }) => answers.join(', '), below: true },
    ],
    cli.terminal,
  );
  return `${table}\n${counted(items.length, 'order')}.`;
}
