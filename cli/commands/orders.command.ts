import { Command, Option } from 'commander';

import { ORDER_STATUSES } from '../api/orders.js';
import { parseCount, parseWait } from '../arguments/numbers.js';
import { CliError } from '../cli.errors.js';
import { listOrders, orderFilterFrom, type OrderFilterOptions } from './list-orders.js';
import { option } from './option.js';
import type { Run } from './run.js';
import { showOrder } from './show-order.js';
import { tailOrders } from './tail-orders.js';

interface ListOptions extends OrderFilterOptions {
  readonly limit: number;
}

interface TailOptions extends Pick<OrderFilterOptions, 'customer' | 'status'> {
  readonly limit: number;
  readonly every: number;
}

export function ordersCommand(run: Run): Command {
  const list = run<ListOptions>(async (cli, { limit, ...options }, unknown) => {
    if (unknown === '') return listOrders(cli, orderFilterFrom(options, cli.now()), limit);
    throw new CliError('BAD_ARGUMENT', `unknown command "orders ${unknown}"; there are list, show, tail.`);
  });
  const orders = withFilter(new Command('orders'))
    .description('orders: list (the default), show one with all that is known of it, tail')
    .argument('[action]')
    .allowExcessArguments() // so that a mistyped action is reported as such
    .addHelpText(
      'after',
      examples('', '--status PLACED --until 10m', '--customer cust-42 --since 7d', 'show 0197d6a4…4e5f'),
    )
    .action(list);
  withFilter(orders.command('list')).description('list orders, newest first').action(list);
  orders
    .command('show')
    .description('one order: what holds it up, its saga, its messages from hand to hand, letters and parked keys')
    .argument('<id>', 'id of the order, its beginning, or beginning…end as lists show it')
    .addHelpText('after', examples('show 0197d6a4-5c1e', 'show 0197d6a4…4e5f', 'show 0197d6a4-5c1e --json'))
    .action(run<object>((cli, _, id) => showOrder(cli, id)));
  orders
    .command('tail')
    .description('a line for each order that is placed or becomes something else, until Ctrl-C')
    .addOption(new Option('--status <status>', 'only what becomes this').choices(ORDER_STATUSES))
    .option('--customer <id>', 'only orders of this customer')
    .addOption(option('--limit <n>', 'how many orders to begin with', parseCount).default(10))
    .addOption(option('--every <time>', 'how often to look', parseWait).default(1_000, '1s'))
    .addHelpText('after', examples('tail', 'tail --status REJECTED', 'tail --json | jq .failure'))
    .action(
      run<TailOptions>((cli, { limit, every, ...options }) => {
        const { customerId, status } = orderFilterFrom(options, cli.now());
        return tailOrders(cli, { customerId, status, limit, everyMs: every });
      }),
    );
  return orders;
}

function withFilter(command: Command): Command {
  return command
    .addOption(new Option('--status <status>', 'only these').choices(ORDER_STATUSES))
    .option('--customer <id>', 'only orders of this customer')
    .option('--since <time>', 'placed from that time on: 30m, 2h, 7d (ago), or ISO 8601')
    .option('--until <time>', 'placed before then')
    .addOption(option('--limit <n>', 'how many to show', parseCount).default(50));
}

function examples(...commands: readonly string[]): string {
  return `\nExamples:\n${commands.map((command) => `  waybill orders ${command}`.trimEnd()).join('\n')}`;
}
