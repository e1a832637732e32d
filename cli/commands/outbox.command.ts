import { Command } from 'commander';

import type { RefusalAction } from '../api/service-state.js';
import { operatorFrom, type OperatorOptions } from '../arguments/operator.js';
import { decideRefusal } from './decide-refusal.js';
import type { Run } from './run.js';
import { showOutbox } from './show-outbox.js';

const ACTIONS: Readonly<Record<RefusalAction, string>> = {
  retry: 'send a message again that the broker refused for good, and what waits behind it',
  discard: 'never send it; what waits behind it is sent',
};

export function outboxCommand(run: Run): Command {
  const outbox = new Command('outbox')
    .description('messages that are committed and not published yet, the relays, and what the broker refuses for good')
    .addHelpText('after', '\nExamples:\n  waybill outbox\n  waybill outbox --service order --json')
    .action(run((cli) => showOutbox(cli)));
  for (const [action, description] of Object.entries(ACTIONS)) {
    outbox
      .command(action)
      .description(description)
      .argument('<id>', 'id of the message')
      .option('--who <who>', 'who does it, for the audit (default: the user of this machine)')
      .option('--why <why>', 'why, for the audit; required')
      .addHelpText('after', `\nExamples:\n  waybill outbox ${action} 01a2… --why "limit raised, INC-7"`)
      .action(
        run<OperatorOptions>((cli, options, id) =>
          decideRefusal(cli, id, action === 'discard' ? 'discard' : 'retry', operatorFrom(options, cli.env)),
        ),
      );
  }
  return outbox;
}
