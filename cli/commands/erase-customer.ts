import { setTimeout as sleep } from 'node:timers/promises';

import type { AdminClient } from '../api/admin-client.js';
import { type Erased, type Erasure, erasures } from '../api/erasures.js';
import type { Operator } from '../api/letter-filter.js';
import { CliError } from '../cli.errors.js';
import { type Cli, outcome, type Outcome } from '../cli.js';
import { ExitCode } from '../exit-code.js';
import { amount, counted } from '../output/age.js';
import { ordersIn } from './erased-orders-file.js';
import { orderOf } from './sagas.js';

interface EraseTarget {
  /** Empty where a file says what is to be erased. */
  readonly customerId: string;
  readonly from: string | undefined;
  readonly waitMs: number;
}

/** Of one call. */
const ORDERS_AT_ONCE = 200;
const LOOK_EVERY_MS = 500;

/** `customers erase`: the order service does it at once, the others confirm. Run again, it continues or finds nothing. */
export async function eraseCustomer(cli: Cli, target: EraseTarget, operator: Operator): Promise<Outcome> {
  const { customerId, from, waitMs } = target;
  if ((customerId === '') !== (from !== undefined)) {
    throw new CliError('BAD_ARGUMENT', 'Say which customer is to be erased, or --from which file.');
  }
  const client = orderOf(cli);
  const calls =
    from === undefined
      ? await eraseAll(client, customerId, operator)
      : await eraseListed(client, await ordersIn(from), operator);
  const orderIds = calls.flatMap(({ orderIds: ids }) => ids);
  const unknownOrderIds = calls.flatMap(({ unknownOrderIds: unknown = [] }) => unknown);
  const ids = new Set(calls.map(({ erasureId }) => erasureId));
  const foundNothing = orderIds.length === 0;
  // No erasure names a customer, so any that is pending may be this one's.
  const erased = await unconfirmed(client, ({ id }) => foundNothing || ids.has(id), waitMs);
  const pending = {
    payment: total(erased, 'payment'),
    shipping: total(erased, 'shipping'),
    payloads: total(erased, 'payloads'),
  };
  const left = Object.entries(pending).filter(([, orders]) => orders > 0);
  const text = [
    foundNothing
      ? 'No order is kept under this id: there was none, or all are erased.'
      : `${counted(orderIds.length - unknownOrderIds.length, 'order')} erased in the order service.`,
    ...unknownText(unknownOrderIds.length),
    ...(foundNothing && left.length > 0
      ? ["Erasures are pending, maybe of this customer's orders: nothing says any more whose they were."]
      : []),
    ...left.map(([place, orders]) => adviceFor(cli, place, orders)),
    ...(!foundNothing && left.length === 0 ? ['All services have confirmed.'] : []),
  ];
  const document = { erasures: [...ids], orderIds, unknownOrderIds, pending };
  return outcome(document, text.join('\n'), [], left.length > 0 ? ExitCode.failed : ExitCode.fine);
}

/** A file may be of another installation, or of orders that a restored database has lost. */
function unknownText(count: number): readonly string[] {
  if (count === 0) return [];
  const [ids, are] =
    count === 1 ? ['1 id of the file is', 'it is'] : [`${amount(count)} ids of the file are`, 'they are'];
  return [`${ids} unknown to the order service; in the others ${are} erased all the same. --json names them.`];
}

async function eraseAll(client: AdminClient, customerId: string, operator: Operator): Promise<readonly Erased[]> {
  const calls: Erased[] = [];
  do calls.push(await erasures.eraseCustomer(client, customerId, operator));
  while ((calls.at(-1)?.remaining ?? 0) > 0);
  return calls;
}

async function eraseListed(
  client: AdminClient,
  orderIds: readonly string[],
  operator: Operator,
): Promise<readonly Erased[]> {
  const calls: Erased[] = [];
  for (let start = 0; start < orderIds.length; start += ORDERS_AT_ONCE) {
    calls.push(await erasures.eraseOrders(client, orderIds.slice(start, start + ORDERS_AT_ONCE), operator));
  }
  return calls;
}

/** Those of these erasures that somebody has yet to confirm when the time is over. */
async function unconfirmed(
  client: AdminClient,
  isMeant: (erasure: Erasure) => boolean,
  waitMs: number,
): Promise<readonly Erasure[]> {
  const end = performance.now() + waitMs;
  for (;;) {
    const found = (await erasures.pending(client)).filter(isMeant);
    if (found.length === 0 || performance.now() > end) return found;
    await sleep(LOOK_EVERY_MS);
  }
}

function total(erased: readonly Erasure[], place: keyof Erasure['pending']): number {
  return erased.reduce((sum, { pending }) => sum + pending[place], 0);
}

function adviceFor({ invocation }: Cli, place: string, orders: number): string {
  if (place === 'payloads') {
    return `Payloads of ${counted(orders, 'order')} are still to be deleted: is the store of large payloads there?`;
  }
  return `${place} has yet to confirm ${counted(orders, 'order')}: it does so by itself once it runs and no letter of the orders is open (${invocation} dlq list -s ${place}). Look again: ${invocation} customers erasures`;
}
