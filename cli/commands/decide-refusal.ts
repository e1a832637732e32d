import { askServices } from '../api/ask-services.js';
import type { Operator } from '../api/letter-filter.js';
import { type RefusalAction, serviceState } from '../api/service-state.js';
import { givenId } from '../arguments/order-id.js';
import { CliError } from '../cli.errors.js';
import { type Cli, outcome, type Outcome } from '../cli.js';

/** `outbox retry|discard`: of a message that the broker refuses for good; its id says which service's it is. */
export async function decideRefusal(
  cli: Cli,
  given: string,
  action: RefusalAction,
  operator: Operator,
): Promise<Outcome> {
  const { answers, failures } = await askServices(cli.clients, (client) => serviceState.outbox(client));
  const matches = answers.flatMap(({ service, answer }) =>
    answer.refused.flatMap(({ id }) => (isMeant(id, given) ? [{ service, id }] : [])),
  );
  const [row, ...others] = matches;
  if (others.length > 0) {
    const lines = matches.map(({ service, id }) => `\n  ${id}  ${service}`);
    throw new CliError('AMBIGUOUS_ID', `${matches.length} refused messages have ids like ${given}:${lines.join('')}`);
  }
  const client = cli.clients.find(({ service }) => service === row?.service);
  if (row === undefined || client === undefined) {
    if (failures.length > 0) return outcome({ id: given }, '', failures);
    throw new CliError('MESSAGE_NOT_FOUND', `No service has a refused message ${given}; waybill outbox lists them.`);
  }
  const { id } = row;
  const { outcome: decided } = await serviceState.decideRefusal(client, id, action, operator);
  const text =
    decided === 'retried'
      ? `${client.service} sends ${id} again, and what waits behind it. waybill outbox tells if it is refused again.`
      : `${client.service} has discarded ${id} and sends what waited behind it.`;
  return outcome({ service: client.service, id, outcome: decided }, text, failures);
}

/** By its id, its beginning, or beginning and end as lists show them. */
function isMeant(id: string, given: string): boolean {
  const part = givenId(given);
  if (part?.kind !== 'part') return id === given.toLowerCase();
  return id.startsWith(part.head) && id.endsWith(part.tail);
}
