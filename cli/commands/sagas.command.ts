import { Command, Option } from 'commander';

import type { SagaAction } from '../api/service-state.js';
import { parseCount } from '../arguments/numbers.js';
import { operatorFrom, type OperatorOptions } from '../arguments/operator.js';
import { CliError } from '../cli.errors.js';
import { option } from './option.js';
import { listOrphans, recoverOrders } from './orphans.js';
import type { Run } from './run.js';
import { listSagas, operateSaga, SAGA_STATUSES } from './sagas.js';
import { showSaga } from './show-order.js';

interface ListOptions {
  readonly status?: string;
  readonly limit: number;
}

const ACTIONS: Readonly<Record<SagaAction, string>> = {
  retry: 'send the command of the step again',
  skip: "leave the step's effect in place and undo the rest",
  force: 'take the step as undone, because somebody settled it by hand',
};

const ORDER_ID = 'id of the order, its beginning, or beginning…end as lists show it';

export function sagasCommand(run: Run): Command {
  const list = run<ListOptions>(async (cli, { status, limit }, unknown) => {
    if (unknown === '') return listSagas(cli, status, limit);
    throw new CliError(
      'BAD_ARGUMENT',
      `unknown command "sagas ${unknown}"; there are list, show, orphans, recover, ${Object.keys(ACTIONS).join(', ')}.`,
    );
  });
  const sagas = new Command('sagas')
    .description('sagas of orders: list (the default), show, retry, skip, force; orphans, recover')
    .argument('[action]')
    .allowExcessArguments() // so that a mistyped action is reported as such
    .addOption(new Option('--status <status>', 'only these').choices(SAGA_STATUSES))
    .addOption(option('--limit <n>', 'how many to show', parseCount).default(50))
    .addHelpText('after', examples('', '--status COMPENSATION_FAILED', 'retry 3f0c… --why "provider is back, INC-7"'))
    .action(list);
  sagas.command('list').description('list sagas, newest first').action(list);
  sagas
    .command('show')
    .description('one saga: its steps, what failed, what is still in place')
    .argument('<orderId>', ORDER_ID)
    .addHelpText('after', examples('show 0197d6a4-5c1e'))
    .action(run<object>((cli, _, orderId) => showSaga(cli, orderId)));
  for (const [action, description] of Object.entries(ACTIONS)) {
    sagas
      .command(action)
      .description(description)
      .argument('<orderId>', ORDER_ID)
      .option('--who <who>', 'who does it, for the audit (default: the user of this machine)')
      .option('--why <why>', 'why, for the audit; required')
      .addHelpText('after', examples(`${action} 3f0c… --why "settled with the provider, INC-7"`))
      .action(
        run<OperatorOptions>((cli, options, orderId) =>
          operateSaga(cli, orderId, actionOf(action), operatorFrom(options, cli.env)),
        ),
      );
  }
  sagas
    .command('orphans')
    .description('orders that participants answer about, and that a restored database does not know')
    .addOption(option('--limit <n>', 'how many to show', parseCount).default(50))
    .addHelpText('after', examples('orphans'))
    .action(run<{ readonly limit: number }>((cli, { limit }) => listOrphans(cli, limit)));
  sagas
    .command('recover')
    .description('make such an order again: fulfilled if it had been, else everything is undone and refunded')
    .argument('[orderId]', ORDER_ID)
    .option('--all', 'all that orphans shows')
    .option('--who <who>', 'who does it, for the audit (default: the user of this machine)')
    .option('--why <why>', 'why, for the audit; needed')
    .addHelpText('after', examples('recover 3f0c… --why "restored, INC-7"', 'recover --all --why "restored, INC-7"'))
    .action(
      run<OperatorOptions & { readonly all?: true }>((cli, options, orderId) =>
        recoverOrders(cli, orderId === '' ? undefined : orderId, options.all === true, operatorFrom(options, cli.env)),
      ),
    );
  return sagas;
}

function actionOf(name: string): SagaAction {
  return name === 'skip' || name === 'force' ? name : 'retry';
}

function examples(...commands: readonly string[]): string {
  return `\nExamples:\n${commands.map((command) => `  waybill sagas ${command}`.trimEnd()).join('\n')}`;
}
