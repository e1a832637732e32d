import { Command, CommanderError } from 'commander';

import { parseWait } from './arguments/numbers.js';
import type { Surroundings } from './cli-from-options.js';
import { CliError } from './cli.errors.js';
import { auditCommand } from './commands/audit.command.js';
import { catalogueCommand } from './commands/catalogue.command.js';
import { customersCommand } from './commands/customers.command.js';
import { dlqCommand } from './commands/dlq.command.js';
import { doctor } from './commands/doctor.js';
import { incidentsCommand } from './commands/incidents.command.js';
import { lanesCommand } from './commands/lanes.command.js';
import { option, repeatable } from './commands/option.js';
import { ordersCommand } from './commands/orders.command.js';
import { outboxCommand } from './commands/outbox.command.js';
import { projectionsCommand } from './commands/projections.command.js';
import { runWith } from './commands/run.js';
import { sagasCommand } from './commands/sagas.command.js';
import { showTopics } from './commands/show-topics.js';
import { ExitCode } from './exit-code.js';
import { printable } from './output/printable.js';

const HELP = `
Examples:
  waybill doctor                                   what is wrong, and what to do about it
  waybill incidents --since 12h                    what was wrong last night, from when to when
  waybill orders show 0197d6a4-5c1e                all that is known of an order; the beginning of its id will do
  waybill orders tail                              orders as they move
  waybill dlq groups                               what went wrong, by kind of error
  waybill dlq replay --dry-run                     what a replay would do
  waybill dlq replay --canary 10 --why "INC-7"     replay everything, ten of each service first
  waybill sagas --status COMPENSATION_FAILED       orders that somebody must look at

Services are sought at http://127.0.0.1:3001 to 3004; set ORDER_URL, PAYMENT_URL, INVENTORY_URL and SHIPPING_URL, or --url.
The admin token comes from WAYBILL_ADMIN_TOKEN, else from ADMIN_TOKEN or the file that ADMIN_TOKEN_FILE names, as a service's own.
Exit codes: 0 fine · 1 something failed, was aborted or (doctor) is wrong · 2 usage · 3 a service can't be reached.
Results are on stdout, all else on stderr. In a pipe nothing is cut; colours are for terminals, and NO_COLOR ends them.`;

/** Wider lines are hard to read. */
const HELP_COLUMNS = 160;

/** Understands the arguments, runs the command, and says how it ended. Never throws for what the user can put right. */
export async function runProgram(surroundings: Surroundings): Promise<ExitCode> {
  let exitCode: ExitCode = ExitCode.fine;
  const program = programOf(surroundings, (code) => (exitCode = code));
  try {
    await program.parseAsync([...surroundings.argv], { from: 'user' });
    return exitCode;
  } catch (error) {
    return report(error, surroundings);
  }
}

function programOf({ terminal, ...surroundings }: Surroundings, ended: (code: ExitCode) => void): Command {
  const run = runWith({ terminal, ...surroundings }, ended);
  const program = new Command('waybill')
    .description('Operates the Waybill services, over their admin API.')
    .addOption(
      repeatable(
        '-s, --service <name>',
        'order, payment, inventory, shipping; repeatable, or divided by commas (default: all)',
      ),
    )
    .addOption(repeatable('--url <service=url>', 'where a service is; repeatable'))
    .option('--token <token>', 'admin token; better set WAYBILL_ADMIN_TOKEN, as other users can see arguments')
    .addOption(option('--timeout <time>', 'how long a service may take to answer', parseWait).default(10_000, '10s'))
    .option('--json', 'one JSON document on stdout and nothing else')
    .addHelpText('after', HELP)
    .addCommand(ordersCommand(run))
    .addCommand(dlqCommand(run))
    .addCommand(sagasCommand(run))
    .addCommand(outboxCommand(run))
    .addCommand(catalogueCommand(run))
    .addCommand(lanesCommand(run))
    .addCommand(customersCommand(run))
    .addCommand(projectionsCommand(run))
    .addCommand(incidentsCommand(run))
    .addCommand(auditCommand(run));
  program
    .command('topics')
    .description('what the services consume, and how far behind they are')
    .addHelpText('after', '\nExamples:\n  waybill topics\n  waybill topics --service inventory')
    .action(run((cli) => showTopics(cli)));
  program
    .command('doctor')
    .description('check the installation, and say what to do')
    .addHelpText('after', '\nExamples:\n  waybill doctor\n  waybill doctor --service order --json')
    .action(run((cli) => doctor(cli)));
  everyCommand(program, (command) => {
    command
      .exitOverride()
      .configureHelp({ showGlobalOptions: true, helpWidth: Math.min(terminal.columns, HELP_COLUMNS) })
      .configureOutput({
        writeOut: (text) => terminal.print(text.trimEnd()),
        writeErr: (text) => terminal.note(text.trimEnd()),
      });
  });
  return program;
}

function everyCommand(command: Command, change: (command: Command) => void): void {
  change(command);
  for (const child of command.commands) everyCommand(child, change);
}

function report(error: unknown, { argv, terminal }: Surroundings): ExitCode {
  if (error instanceof CommanderError) {
    return error.exitCode === 0 ? ExitCode.fine : ExitCode.usage; // commander has said what is wrong
  }
  if (!(error instanceof CliError)) throw error;
  terminal.note(printable(`waybill: ${error.message}`));
  if (argv.includes('--json') && error.exitCode !== ExitCode.usage) {
    terminal.print(JSON.stringify({ error: { code: error.code, message: error.message } }, undefined, 2));
  }
  return error.exitCode;
}
