import { askServices } from '../api/ask-services.js';
import { type Order, type OrderFilter, orders } from '../api/orders.js';
import { takePages } from '../api/pages.js';
import { parseMoment } from '../arguments/moment.js';
import { CliError } from '../cli.errors.js';
import { type Cli, outcome, type Outcome } from '../cli.js';
import { age, duration, listed } from '../output/age.js';
import { money } from '../output/money.js';
import { renderTable } from '../output/table.js';
import { toneOf } from '../output/tone.js';
import { orderOf } from './sagas.js';

/** As commander hands them over. */
export interface OrderFilterOptions {
  readonly status?: string;
  readonly customer?: string;
  readonly since?: string;
  readonly until?: string;
}

/** @throws CliError BAD_ARGUMENT */
export function orderFilterFrom(options: OrderFilterOptions, nowMs: number): OrderFilter {
  const { status, customer: customerId, since, until } = options;
  const placedSince = since === undefined ? undefined : parseMoment(since, '--since', nowMs);
  const placedUntil = until === undefined ? undefined : parseMoment(until, '--until', nowMs);
  if (placedSince !== undefined && placedUntil !== undefined && placedSince >= placedUntil) {
    const why = `--since (${placedSince}) is not before --until (${placedUntil}): that is an empty period.`;
    throw new CliError('BAD_ARGUMENT', why);
  }
  if (customerId !== undefined && !/^[A-Za-z0-9_-]{1,64}$/.test(customerId)) {
    throw new CliError('BAD_ARGUMENT', `--customer is "${customerId}"; it is 1 to 64 letters, digits, _ or -.`);
  }
  return { status, customerId, placedSince, placedUntil };
}

/** `orders list`: newest first. */
export async function listOrders(cli: Cli, filter: OrderFilter, limit: number): Promise<Outcome> {
  const { answers, failures } = await askServices([orderOf(cli)], (client) =>
    takePages(limit + 1, (size, cursor) => orders.page(client, filter, size, cursor)),
  );
  const found = answers.flatMap(({ answer }) => answer);
  const items = found.slice(0, limit);
  const isMore = found.length > limit;
  const isFiltered = Object.values(filter).some((value) => value !== undefined);
  const none = isFiltered ? 'No orders match.' : 'Nobody has ordered anything yet.';
  const text = items.length === 0 ? none : orderTable(cli, items, isMore);
  return outcome({ items, isMore }, failures.length > 0 ? '' : text, failures);
}

function orderTable(cli: Cli, items: readonly Order[], isMore: boolean): string {
  const now = cli.now();
  const table = renderTable(
    items,
    [
      { title: 'ORDER', value: ({ id }) => id, shrinks: 'middle' },
      { title: 'STATUS', value: ({ status }) => status, tone: ({ status }) => toneOf(status) },
      { title: 'AGE', value: ({ placedAt }) => age(placedAt, now), align: 'right' },
      { title: 'TOOK', value: (order) => took(order), align: 'right', spare: true },
      { title: 'TOTAL', value: ({ total }) => money(total), align: 'right' },
      { title: 'CUSTOMER', value: ({ customerId }) => customerId, shrinks: 'end' },
      { title: 'WHY', value: whyText, below: true },
    ],
    cli.terminal,
  );
  return `${table}\n${listed(items.length, 'order', isMore)}`;
}

export function isOpen({ status }: Pick<Order, 'status'>): boolean {
  return status === 'PLACED';
}

/** From the placing to the end; empty while there is none. */
export function took(order: Order): string {
  if (isOpen(order)) return '';
  const ms = Date.parse(order.updatedAt) - Date.parse(order.placedAt);
  return ms < 1_000 ? `${Math.max(0, ms)}ms` : duration(ms / 1_000);
}

export function whyText({ failure }: Pick<Order, 'failure'>): string {
  return failure === undefined ? '' : `${failure.step}: ${failure.code}: ${failure.message}`;
}
