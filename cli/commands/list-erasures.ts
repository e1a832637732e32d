import { askServices } from '../api/ask-services.js';
import { type Erasure, erasures } from '../api/erasures.js';
import { takePages } from '../api/pages.js';
import { type Cli, outcome, type Outcome } from '../cli.js';
import { age, counted } from '../output/age.js';
import { renderTable } from '../output/table.js';
import { orderOf } from './sagas.js';

const MOST = 10_000_000;

/** `customers erasures`: newest first. */
export async function listErasures(cli: Cli, limit: number): Promise<Outcome> {
  const { answers, failures } = await askServices([orderOf(cli)], (client) =>
    takePages(limit, (size, cursor) => erasures.page(client, size, cursor)),
  );
  const items = answers.flatMap(({ answer }) => answer);
  const text = items.length === 0 ? 'Nothing was erased.' : erasureTable(cli, items);
  return outcome({ items }, failures.length > 0 ? '' : text, failures);
}

/** `customers erased-orders`: for a file, so nothing but ids. */
export async function listErasedOrders(cli: Cli): Promise<Outcome> {
  const items = await takePages(MOST, (size, cursor) => erasures.orderPage(orderOf(cli), size, cursor));
  return outcome({ items }, items.map(({ orderId }) => orderId).join('\n'));
}

function erasureTable(cli: Cli, items: readonly Erasure[]): string {
  const now = cli.now();
  const table = renderTable(
    items,
    [
      { title: 'ERASURE', value: ({ id }) => id },
      { title: 'AGE', value: ({ requestedAt }) => age(requestedAt, now), align: 'right' },
      { title: 'ORDERS', value: ({ orders }) => String(orders), align: 'right' },
      { title: 'PENDING', value: ({ pending }) => pendingText(pending) },
      { title: 'WHO', value: ({ who }) => who },
      { title: 'WHY', value: ({ why }) => why, below: true },
    ],
    cli.terminal,
  );
  return `${table}\n${counted(items.length, 'erasure')}.`;
}

function pendingText({ payment, shipping, payloads }: Erasure['pending']): string {
  const parts = Object.entries({ payment, shipping, payloads }).filter(([, orders]) => orders > 0);
  return parts.length === 0 ? '-' : parts.map(([place, orders]) => `${place} ${orders}`).join(', ');
}
