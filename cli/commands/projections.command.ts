import { Command } from 'commander';

import { operatorFrom, type OperatorOptions } from '../arguments/operator.js';
import { cancelRebuild, listProjections, rebuildProjection } from './projections.js';
import type { Run } from './run.js';

export function projectionsCommand(run: Run): Command {
  const list = run((cli) => listProjections(cli));
  const projections = new Command('projections')
    .description('tables that are made of events: list (the default), rebuild, cancel')
    .addHelpText('after', '\nExamples:\n  waybill projections\n  waybill projections rebuild daily-sales --why "INC-7"')
    .action(list);
  projections.command('list').description('how far they are behind, and their last rebuild').action(list);
  projections
    .command('rebuild')
    .description(
      'make one again from the first event on, beside the one in use, and switch; where that is under way, follow it',
    )
    .argument('<name>', 'the projection')
    .option('--detach', 'do not follow it')
    .option('--who <who>', 'who does it, for the audit (default: the user of this machine)')
    .option('--why <why>', 'why, for the audit; required')
    .addHelpText('after', '\nExamples:\n  waybill projections rebuild customer-orders --why "wrong totals, INC-7"')
    .action(
      run<OperatorOptions & { readonly detach?: true }>((cli, options, name) =>
        rebuildProjection(cli, name, operatorFrom(options, cli.env), options.detach === true),
      ),
    );
  projections
    .command('cancel')
    .description('end a rebuild that is under way; the tables in use stay as they are')
    .argument('<name>', 'the projection')
    .option('--who <who>', 'who does it, for the audit (default: the user of this machine)')
    .option('--why <why>', 'why, for the audit; required')
    .addHelpText('after', '\nExamples:\n  waybill projections cancel customer-orders --why "at night, INC-7"')
    .action(run<OperatorOptions>((cli, options, name) => cancelRebuild(cli, name, operatorFrom(options, cli.env))));
  return projections;
}
