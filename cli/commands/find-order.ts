import type { AdminClient } from '../api/admin-client.js';
import { type Order, orders } from '../api/orders.js';
import { type GivenId, givenId, isPartOfId, parseOrderId, timesOf } from '../arguments/order-id.js';
import { CliError } from '../cli.errors.js';
import type { Cli } from '../cli.js';
import { amount } from '../output/age.js';

const PAGE = 100;
/** So many orders are looked through for an id that is given in part. */
const MOST = 2_000;
const MOST_NAMED = 10;

/**
 * The whole id of the order that is meant by an id or a part of one.
 * @throws CliError BAD_ARGUMENT, ORDER_NOT_FOUND, AMBIGUOUS_ID with the orders that fit, or what the order service says
 */
export function orderIdFrom(client: AdminClient, text: string): Promise<string> {
  return wholeId(client, parseOrderId(text));
}

/**
 * A message's key: as it is, or that of an order where only part of an order's id is given.
 * @throws CliError AMBIGUOUS_ID, ORDER_NOT_FOUND, or what the order service says
 */
export async function keyFrom(cli: Cli, key: string): Promise<string> {
  const given = givenId(key);
  if (given?.kind !== 'part' || !isPartOfId(key)) return key;
  try {
    const whole = await wholeId(cli.orderService(), given);
    cli.terminal.note(`waybill: ${key} is order ${whole}`);
    return whole;
  } catch (error) {
    const isWhole = given.tail === '' && error instanceof CliError && error.code === 'ORDER_NOT_FOUND';
    if (isWhole && /^[0-9a-f]+$/i.test(key)) return key; // a key of its own, then
    throw error;
  }
}

async function wholeId(client: AdminClient, given: GivenId): Promise<string> {
  if (given.kind === 'whole') return given.id;
  const { matches, isComplete } = await matching(client, given);
  const shown = given.tail === '' ? given.head : `${given.head}…${given.tail}`;
  const [only, ...others] = matches;
  if (only !== undefined && others.length === 0 && isComplete) return only.id;
  if (!isComplete) {
    const why = `More than ${amount(MOST)} orders have ids that begin with ${given.head}: give more of the id.`;
    throw new CliError('AMBIGUOUS_ID', why);
  }
  if (only === undefined) throw new CliError('ORDER_NOT_FOUND', `${client.service}: no order has an id like ${shown}.`);
  const lines = matches
    .slice(0, MOST_NAMED)
    .map(({ id, status, customerId, placedAt }) => `\n  ${id}  ${status.padEnd(10)}  ${placedAt}  ${customerId}`);
  const more = matches.length > MOST_NAMED ? `\n  and ${amount(matches.length - MOST_NAMED)} more` : '';
  throw new CliError(
    'AMBIGUOUS_ID',
    `${amount(matches.length)} orders have ids like ${shown}:${lines.join('')}${more}`,
  );
}

/** An order's id begins with the time at which it was placed, so these are the orders of a time. */
async function matching(
  client: AdminClient,
  { head, tail }: { readonly head: string; readonly tail: string },
): Promise<{ readonly matches: readonly Order[]; readonly isComplete: boolean }> {
  const times = timesOf(head);
  const matches: Order[] = [];
  if (times === undefined) return { matches, isComplete: true };
  let cursor: string | undefined;
  for (let looked = 0; looked < MOST; looked += PAGE) {
    const { items, nextCursor } = await orders.page(client, times, PAGE, cursor);
    matches.push(...items.filter(({ id }) => id.startsWith(head) && id.endsWith(tail)));
    if (nextCursor === undefined) return { matches, isComplete: true };
    cursor = nextCursor;
  }
  return { matches, isComplete: false };
}
