import { Command, Option } from 'commander';

import { SEVERITIES } from '../api/incidents.js';
import { parseCount } from '../arguments/numbers.js';
import { type IncidentOptions, listIncidents } from './list-incidents.js';
import { option } from './option.js';
import type { Run } from './run.js';

export function incidentsCommand(run: Run): Command {
  return new Command('incidents')
    .description('what the services alerted about, from when to when, the latest to begin first; kept for 30 days')
    .option('--open', 'only those that have not ended')
    .addOption(new Option('--severity <severity>', 'only these').choices(SEVERITIES))
    .option('--since <time>', 'that were open then or later: 30m, 2h, 7d (ago), or ISO 8601')
    .addOption(option('--limit <n>', 'how many to show', parseCount).default(50))
    .addHelpText(
      'after',
      '\nExamples:\n  waybill incidents\n  waybill incidents --open\n  waybill incidents --since 12h --severity critical',
    )
    .action(run<IncidentOptions>((cli, options) => listIncidents(cli, options)));
}
