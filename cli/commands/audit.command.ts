import { Command } from 'commander';

import { parseCount } from '../arguments/numbers.js';
import { type ActOptions, listActs } from './list-acts.js';
import { option } from './option.js';
import type { Run } from './run.js';

export function auditCommand(run: Run): Command {
  return new Command('audit')
    .description('who did what to the services, when and why, newest first; kept for a year')
    .option('--who <who>', 'only what this person did')
    .option('--about <id>', 'an order, or its beginning; a letter, run, message, SKU or projection')
    .option('--since <time>', 'from that time on: 30m, 2h, 7d (ago), or ISO 8601')
    .addOption(option('--limit <n>', 'how many to show', parseCount).default(50))
    .addHelpText(
      'after',
      '\nExamples:\n  waybill audit\n  waybill audit --since 12h --who ada\n  waybill audit --about 0197d6a4…4e5f',
    )
    .action(run<ActOptions>((cli, options) => listActs(cli, options)));
}
