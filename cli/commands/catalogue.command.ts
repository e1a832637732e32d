import { Command } from 'commander';

import { operatorFrom, type OperatorOptions } from '../arguments/operator.js';
import { publishCatalogue } from './publish-catalogue.js';
import type { Run } from './run.js';

export function catalogueCommand(run: Run): Command {
  const catalogue = new Command('catalogue').description('the catalogue: publish it once more');
  catalogue
    .command('publish')
    .description('have inventory publish the whole catalogue once more, for a service that lost its copy')
    .option('--who <who>', 'who does it, for the log (default: the user of this machine)')
    .option('--why <why>', 'why, for the log; required')
    .addHelpText('after', '\nExamples:\n  waybill catalogue publish --why "order was restored, INC-7"')
    .action(run<OperatorOptions>((cli, options) => publishCatalogue(cli, operatorFrom(options, cli.env))));
  return catalogue;
}
