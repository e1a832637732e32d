import { Command } from 'commander';

import { operatorFrom, type OperatorOptions } from '../arguments/operator.js';
import { listLaneIssues, settleLaneIssues } from './lanes.js';
import type { Run } from './run.js';

export function lanesCommand(run: Run): Command {
  const lanes = new Command('lanes')
    .description('lanes whose records were lost or cannot be read, until somebody settles it')
    .addHelpText(
      'after',
      '\nExamples:\n  waybill lanes\n  waybill lanes settle 3 --service payment --why "archived, INC-7"',
    )
    .action(run((cli) => listLaneIssues(cli)));
  lanes
    .command('settle')
    .description('close issues; records that nobody can read become a dead letter and are passed')
    .argument('<ids>', 'as lanes shows them, divided by commas')
    .option('--who <who>', 'who does it, for the audit (default: the user of this machine)')
    .option('--why <why>', 'why, for the audit; required')
    .addHelpText('after', '\nExamples:\n  waybill lanes settle 3,4,5 --service payment --why "archived, INC-7"')
    .action(
      run<OperatorOptions>((cli, options, ids) =>
        settleLaneIssues(cli, ids.split(','), operatorFrom(options, cli.env)),
      ),
    );
  return lanes;
}
