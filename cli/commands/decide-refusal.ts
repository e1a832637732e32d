import { askServices } from '../api/ask-services.js';
import type { Operator } from '../api/letter-filter.js';
import { type RefusalAction, serviceState } from '../api/service-state.js';
import { CliError } from '../cli.errors.js';
import { type Cli, outcome, type Outcome } from '../cli.js';

/** `outbox retry|discard`: of a message that the broker refuses for good; its id says which service's it is. */
export async function decideRefusal(cli: Cli, id: string, action: RefusalAction, operator: Operator): Promise<Outcome> {
  const { answers, failures } = await askServices(cli.clients, (client) => serviceState.outbox(client));
  const [owner] = answers.filter(({ answer }) => answer.refused.some((row) => row.id === id));
  const client = cli.clients.find(({ service }) => service === owner?.service);
  if (client === undefined) {
    if (failures.length > 0) return outcome({ id }, '', failures);
    throw new CliError('MESSAGE_NOT_FOUND', `No service has a refused message ${id}; waybill outbox lists them.`);
  }
  const { outcome: decided } = await serviceState.decideRefusal(client, id, action, operator);
  const text =
    decided === 'retried'
      ? `${client.service} sends ${id} again, and what waits behind it. waybill outbox tells if it is refused again.`
      : `${client.service} has discarded ${id} and sends what waited behind it.`;
  return outcome({ service: client.service, id, outcome: decided }, text);
}
