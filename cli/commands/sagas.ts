import type { AdminClient } from '../api/admin-client.js';
import { askServices } from '../api/ask-services.js';
import type { Operator } from '../api/letter-filter.js';
import { takePages } from '../api/pages.js';
import { type Saga, type SagaAction, serviceState } from '../api/service-state.js';
import { CliError } from '../cli.errors.js';
import { type Cli, outcome, type Outcome } from '../cli.js';
import { age, counted } from '../output/age.js';
import { renderTable } from '../output/table.js';

export const SAGA_STATUSES = ['RUNNING', 'COMPLETED', 'COMPENSATING', 'COMPENSATED', 'COMPENSATION_FAILED'] as const;

/** `sagas`: newest first. Only the order service has any. */
export async function listSagas(cli: Cli, status: string | undefined, limit: number): Promise<Outcome> {
  const { answers, failures } = await askServices([orderOf(cli)], (client) =>
    takePages(limit, (size, cursor) => serviceState.sagaPage(client, status, size, cursor)),
  );
  const items = answers.flatMap(({ answer }) => answer);
  const text = items.length === 0 ? `No sagas${status === undefined ? '' : ` are ${status}`}.` : sagaTable(cli, items);
  return outcome({ items }, failures.length > 0 ? '' : text, failures);
}

/** `sagas retry|skip|force`: on the step that the saga is at. */
export async function operateSaga(cli: Cli, orderId: string, action: SagaAction, operator: Operator): Promise<Outcome> {
  const saga = await serviceState.operateSaga(orderOf(cli), orderId, action, operator);
  const text = `The saga of order ${orderId} is ${saga.status}${saga.step === undefined ? '' : ` at ${saga.step}`}.`;
  return outcome({ saga: { orderId, ...saga } }, text);
}

export function orderOf({ clients }: Cli): AdminClient {
  const order = clients.find(({ service }) => service === 'order');
  if (order !== undefined) return order;
  throw new CliError('BAD_ARGUMENT', 'Only the order service has sagas: leave --service out.');
}

function sagaTable(cli: Cli, items: readonly Saga[]): string {
  const now = cli.now();
  const table = renderTable(
    items,
    [
      { title: 'ORDER', value: ({ orderId }) => orderId },
      { title: 'STATUS', value: ({ status }) => status },
      { title: 'STEP', value: ({ step = '' }) => step },
      { title: 'AGE', value: ({ startedAt }) => age(startedAt, now), align: 'right' },
      { title: 'CHANGED', value: ({ updatedAt }) => age(updatedAt, now), align: 'right' },
      { title: 'DEADLINE', value: ({ deadlineAt = '' }) => deadlineAt },
      { title: 'ERROR', value: ({ error }) => errorText(error), shrinks: true },
    ],
    cli.terminal.columns,
  );
  return `${table}\n${counted(items.length, 'saga')}.`;
}

function errorText(error: Saga['error']): string {
  return [error?.code, error?.message].filter((part) => part !== undefined).join(': ');
}
