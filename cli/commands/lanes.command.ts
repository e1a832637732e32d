import { Command } from 'commander';

import { operatorFrom, type OperatorOptions } from '../arguments/operator.js';
import { type ChosenIssues, listLaneIssues, settleLaneIssues } from './lanes.js';
import type { Run } from './run.js';

export function lanesCommand(run: Run): Command {
  const lanes = new Command('lanes')
    .description('lanes whose records were lost or cannot be read, until somebody settles it')
    .addHelpText('after', examples('lanes', 'lanes settle 3 --service payment --why "archived, INC-7"'))
    .action(run((cli) => listLaneIssues(cli)));
  lanes
    .command('settle')
    .description('close issues of a service; records that nobody can read become a dead letter and are passed')
    .argument('[ids...]', 'as lanes shows them')
    .option('--topic <topic>', 'all of this topic, its lanes included')
    .option('--all', 'all that lanes shows of the service')
    .option('--who <who>', 'who does it, for the audit (default: the user of this machine)')
    .option('--why <why>', 'why, for the audit; required')
    .addHelpText(
      'after',
      examples(
        'lanes settle 3 4 --service payment --why "archived, INC-7"',
        'lanes settle --topic payment.commands --service payment --why "deleted by mistake, INC-7"',
        'lanes settle --all --service payment --why "restored, INC-7"',
      ),
    )
    .action(
      run<OperatorOptions & Omit<ChosenIssues, 'ids'>>((cli, options, ...given) => {
        const ids = given.filter((id) => id !== '');
        return settleLaneIssues(cli, { ids, topic: options.topic, all: options.all }, operatorFrom(options, cli.env));
      }),
    );
  return lanes;
}

function examples(...commands: readonly string[]): string {
  return `\nExamples:\n${commands.map((command) => `  waybill ${command}`).join('\n')}`;
}
