import { Command } from 'commander';

import { parseCount, parseWait } from '../arguments/numbers.js';
import { operatorFrom, type OperatorOptions } from '../arguments/operator.js';
import { eraseCustomer } from './erase-customer.js';
import { listErasedOrders, listErasures } from './list-erasures.js';
import { option } from './option.js';
import type { Run } from './run.js';

interface EraseOptions extends OperatorOptions {
  readonly from?: string;
  readonly wait: number;
}

export function customersCommand(run: Run): Command {
  const customers = new Command('customers').description(
    'what is kept of customers: erase it, and look at what was erased',
  );
  customers
    .command('erase')
    .description('forget who placed the orders of a customer, in all services; amounts and items stay')
    .argument('[customerId]', 'id of the customer')
    .option('--from <file>', 'the orders that this file names instead, as after a restore; - is stdin')
    .addOption(option('--wait <time>', 'how long to wait for the other services', parseWait).default(30_000, '30s'))
    .option('--who <who>', 'who does it, for the audit (default: the user of this machine)')
    .option('--why <why>', 'why, for the audit; required, and kept: the number of a request, not who made it')
    .addHelpText(
      'after',
      examples('erase cust-42 --why "request 4711"', 'erase --from erased-orders.txt --why "restored, INC-7"'),
    )
    .action(
      run<EraseOptions>((cli, { from, wait, ...options }, customerId) =>
        eraseCustomer(cli, { customerId, from, waitMs: wait }, operatorFrom(options, cli.env)),
      ),
    );
  customers
    .command('erasures')
    .description('who had what erased, newest first, and who has yet to confirm it')
    .addOption(option('--limit <n>', 'how many to show', parseCount).default(50))
    .addHelpText('after', examples('erasures'))
    .action(run<{ readonly limit: number }>((cli, { limit }) => listErasures(cli, limit)));
  customers
    .command('erased-orders')
    .description('the orders that were erased, one a line: keep them outside of what a backup restores')
    .addHelpText('after', examples('erased-orders > erased-orders.txt'))
    .action(run((cli) => listErasedOrders(cli)));
  return customers;
}

function examples(...commands: readonly string[]): string {
  return `\nExamples:\n${commands.map((command) => `  waybill customers ${command}`).join('\n')}`;
}
