import type { AdminClient } from '../api/admin-client.js';
import { askServices } from '../api/ask-services.js';
import type { Operator } from '../api/letter-filter.js';
import { type HeldEffect, orders, type Saga } from '../api/orders.js';
import { takePages } from '../api/pages.js';
import { type SagaAction, serviceState } from '../api/service-state.js';
import { CliError } from '../cli.errors.js';
import { type Cli, outcome, type Outcome } from '../cli.js';
import { age, duration, listed, secondsSince } from '../output/age.js';
import { money } from '../output/money.js';
import { renderTable } from '../output/table.js';
import { toneOf } from '../output/tone.js';
import { orderIdFrom } from './find-order.js';

export const SAGA_STATUSES = ['RUNNING', 'COMPLETED', 'COMPENSATING', 'COMPENSATED', 'COMPENSATION_FAILED'] as const;

/** `sagas`: newest first. Only the order service has any. */
export async function listSagas(cli: Cli, status: string | undefined, limit: number): Promise<Outcome> {
  const { answers, failures } = await askServices([orderOf(cli)], (client) =>
    takePages(limit + 1, (size, cursor) => orders.sagaPage(client, status, size, cursor)),
  );
  const found = answers.flatMap(({ answer }) => answer);
  const items = found.slice(0, limit);
  const isMore = found.length > limit;
  const none = `No sagas${status === undefined ? '' : ` are ${status}`}.`;
  const text = items.length === 0 ? none : sagaTable(cli, items, isMore);
  return outcome({ items, isMore }, failures.length > 0 ? '' : text, failures);
}

/** `sagas retry|skip|force`: on the step that the saga is at. */
export async function operateSaga(cli: Cli, given: string, action: SagaAction, operator: Operator): Promise<Outcome> {
  const client = orderOf(cli);
  const orderId = await orderIdFrom(client, given);
  const saga = await serviceState.operateSaga(client, orderId, action, operator);
  const held = (saga.held ?? []).map((effect) => `\nStill in place: ${heldText(effect)}.`);
  const at = saga.step === undefined ? '' : ` at ${saga.step}`;
  const text = `The saga of order ${orderId} is ${saga.status}${at}.${held.join('')}`;
  return outcome({ saga: { orderId, ...saga } }, text);
}

export function orderOf({ clients }: Cli): AdminClient {
  const order = clients.find(({ service }) => service === 'order');
  if (order !== undefined) return order;
  throw new CliError('BAD_ARGUMENT', 'Only the order service has orders and sagas: leave --service out.');
}

/** `25.00 EUR charged at process-payment, skipped`: what is not as it was before the order. */
export function heldText({ step, skipped, charged }: HeldEffect): string {
  const what = charged === undefined ? `what ${step} did` : `${money(charged)} charged at ${step}`;
  return skipped ? `${what}, skipped` : what;
}

function sagaTable(cli: Cli, items: readonly Saga[], isMore: boolean): string {
  const now = cli.now();
  const table = renderTable(
    items,
    [
      { title: 'ORDER', value: ({ orderId }) => orderId, shrinks: 'middle' },
      { title: 'STATUS', value: ({ status }) => status, tone: ({ status }) => toneOf(status) },
      { title: 'STEP', value: ({ step = '' }) => step, shrinks: 'end' },
      { title: 'AGE', value: ({ startedAt }) => age(startedAt, now), align: 'right' },
      { title: 'CHANGED', value: ({ updatedAt }) => age(updatedAt, now), align: 'right', spare: true },
      { title: 'DEADLINE', value: ({ deadlineAt }) => untilText(deadlineAt, now), align: 'right', spare: true },
      { title: 'WHY', value: sagaText, below: true },
    ],
    cli.terminal,
  );
  return `${table}\n${listed(items.length, 'saga', isMore)}`;
}

/** What is still in place comes before what has failed, and where. */
function sagaText({ held = [], error }: Saga): string {
  const why = [error?.step, error?.code, error?.message].filter((part) => part !== undefined).join(': ');
  return [...held.map((effect) => `still held: ${heldText(effect)}`), why].filter((part) => part !== '').join('; ');
}

export function untilText(iso: string | undefined, nowMs: number): string {
  if (iso === undefined || Number.isNaN(Date.parse(iso))) return '';
  const seconds = -secondsSince(iso, nowMs);
  return seconds < 0 ? `${duration(-seconds)} ago` : `in ${duration(seconds)}`;
}
