import type { Operator } from '../api/letter-filter.js';
import { serviceState } from '../api/service-state.js';
import { CliError } from '../cli.errors.js';
import { type Cli, outcome, type Outcome } from '../cli.js';
import { counted } from '../output/age.js';

/** `catalogue publish`: inventory owns it. */
export async function publishCatalogue(cli: Cli, operator: Operator): Promise<Outcome> {
  const inventory = cli.clients.find(({ service }) => service === 'inventory');
  if (inventory === undefined) {
    throw new CliError('BAD_ARGUMENT', 'Only the inventory service has the catalogue: leave --service out.');
  }
  const { products } = await serviceState.publishCatalogue(inventory, operator);
  return outcome({ products }, `inventory publishes ${counted(products, 'product')} once more.`);
}
