import { Command, Option } from 'commander';

import { LETTER_STATES, type LetterFilter } from '../api/letter-filter.js';
import { type FilterOptions, filterFrom } from '../arguments/letter-filter.js';
import { parseCount, parsePercent, parseRate, parseWait } from '../arguments/numbers.js';
import { operatorFrom, type OperatorOptions } from '../arguments/operator.js';
import { CliError } from '../cli.errors.js';
import type { Cli } from '../cli.js';
import { countLetters } from './count-letters.js';
import { discardLetters } from './discard-letters.js';
import { editLetter } from './edit-letter.js';
import { keyFrom } from './find-order.js';
import { groupLetters } from './group-letters.js';
import { listLetters } from './list-letters.js';
import { listParkedKeys } from './list-parked-keys.js';
import { option, repeatable } from './option.js';
import { previewReplay } from './preview-replay.js';
import { replayLetters } from './replay-letters.js';
import type { Run } from './run.js';
import { showLetter } from './show-letter.js';
import { showRun } from './show-run.js';

const UUID = /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/i;

export function dlqCommand(run: Run): Command {
  const dlq = new Command('dlq').description('dead letters: look, replay, edit, discard');

  const list = withFilter(dlq.command('list'))
    .description('list letters, newest first')
    .addOption(option('--limit <n>', 'how many to show', parseCount).default(50))
    .option('--count', 'only how many match')
    .addHelpText(
      'after',
      examples(
        'list',
        'list --service payment --since 2h',
        'list --error timeout --json',
        'list --state any --key 3f0c…',
      ),
    );
  list.action(
    run<FilterOptions & { limit: number; count?: true }>(async (cli, options) => {
      const filter = await filterOf(cli, options);
      return options.count ? countLetters(cli, filter) : listLetters(cli, filter, options.limit);
    }),
  );

  withFilter(dlq.command('groups'))
    .description('what went wrong, grouped by error fingerprint')
    .addHelpText('after', examples('groups', 'groups --service payment --since 24h'))
    .action(run<FilterOptions>(async (cli, options) => groupLetters(cli, await filterOf(cli, options))));

  withFilter(dlq.command('count'))
    .description('how many letters match')
    .addHelpText('after', examples('count', 'count --type payment.process.v1', 'count --state parked'))
    .action(run<FilterOptions>(async (cli, options) => countLetters(cli, await filterOf(cli, options))));

  withOperator(dlq.command('show').argument('<id>', 'id of the letter'))
    .description('one letter in full: headers, errors, payload (personal fields masked), audit')
    .option('--reveal', 'the unmasked payload; needs --why, and is audited')
    .addHelpText('after', examples('show 42 --service payment', 'show 42 --reveal --why "address looks broken, INC-7"'))
    .action(
      run<OperatorOptions & { reveal?: true }>((cli, options, id) =>
        showLetter(cli, id, options.reveal ? operatorFrom(options, cli.env) : undefined),
      ),
    );

  addReplay(dlq, run);

  withOperator(withFilter(dlq.command('discard'), ['dead', 'retrying']))
    .description('give letters up, for good; what is parked behind them runs')
    .addOption(option('--limit <n>', 'at most this many of each service', parseCount))
    .option('--all', 'even without a filter')
    .option('--count', 'only how many would be discarded')
    .option('--yes', "don't ask")
    .addHelpText(
      'after',
      examples(
        'discard --id 42 --service payment --why "test order"',
        'discard --type shipping.label.v1 --until 30d --count',
      ),
    )
    .action(
      run<FilterOptions & OperatorOptions & { limit?: number; all?: true; count?: true; yes?: true }>(
        async (cli, options) => {
          const filter = await filterOf(cli, options);
          if (options.count) return countLetters(cli, filter);
          assertOneService(cli, filter);
          const { limit = Infinity, all = false, yes = false } = options;
          return discardLetters(cli, { filter, operator: operatorFrom(options, cli.env), limit, all, yes });
        },
      ),
    );

  withOperator(dlq.command('edit').argument('<id>', 'id of the letter'))
    .description("replace a letter's payload and replay it; without --payload, opens $EDITOR on the true one")
    .option('--payload <file>', 'the new payload as JSON; - is stdin')
    .option('--as <type>', 'the type with its version that the letter gets, where that is not the one it has')
    .addHelpText(
      'after',
      examples(
        'edit 42 --service payment --why "currency was missing" --payload fixed.json',
        'edit 42 --why "typo in the postal code"',
      ),
    )
    .action(
      run<OperatorOptions & { payload?: string; as?: string }>((cli, { payload: file, as, ...options }, id) =>
        editLetter(cli, id, { file, as }, operatorFrom(options, cli.env)),
      ),
    );

  dlq
    .command('runs')
    .argument('<run>', 'id of the replay run')
    .description('what became of a replay run')
    .addHelpText('after', examples('runs 0b6e0a54-4b3c-4c0e-9d36-0f0f5f7f2f10'))
    .action(run<object>((cli, _, id) => showRun(cli, runId(id))));

  dlq
    .command('parked')
    .description('keys that wait behind a letter, longest first')
    .addOption(option('--limit <n>', 'how many to show', parseCount).default(50))
    .addHelpText('after', examples('parked', 'parked --service inventory'))
    .action(run<{ limit: number }>((cli, { limit }) => listParkedKeys(cli, limit)));
  return dlq;
}

interface ReplayOptions extends FilterOptions, OperatorOptions {
  readonly limit?: number;
  readonly count?: true;
  readonly dryRun?: true;
  readonly rate?: number;
  readonly canary?: number;
  readonly abortOnFailures: number;
  readonly patience: number;
  readonly run?: string;
  readonly yes?: true;
}

function addReplay(dlq: Command, run: Run): void {
  withOperator(withFilter(dlq.command('replay'), []))
    .description('run dead letters again, oldest first, each key in its order; a letter takes effect once')
    .option('--count', 'only how many match')
    .option('--dry-run', 'what would run, through which upcasters; changes nothing')
    .addOption(option('--limit <n>', 'at most this many of each service', parseCount))
    .addOption(option('--rate <n>', 'letters per second', parseRate))
    .addOption(option('--canary <n>', 'replay n of each service first, and continue only if none fails', parseCount))
    .addOption(
      option('--abort-on-failures <percent>', 'stop when more than this share fails', parsePercent).default(10, '10 %'),
    )
    .addOption(
      option('--patience <time>', 'how long to wait for outcomes that are due', parseWait).default(60_000, '1m'),
    )
    .addOption(option('--run <id>', 'continue with a run that was interrupted', runId))
    .option('--yes', "don't ask after the canary")
    .addHelpText(
      'after',
      examples(
        'replay --dry-run',
        'replay --service payment --error timeout --canary 10 --why "gateway is back, INC-7"',
        'replay --since 2h --rate 50 --abort-on-failures 5% --why "after the fix"',
        'replay --id 42 --service payment --why "stock was corrected" --json',
      ),
    )
    .action(
      run<ReplayOptions>(async (cli, options) => {
        const filter = await filterOf(cli, options);
        if (options.count) return countLetters(cli, filter);
        if (options.dryRun) return previewReplay(cli, filter, Math.min(1000, options.limit ?? 50));
        assertOneService(cli, filter);
        return replayLetters(cli, {
          filter,
          operator: operatorFrom(options, cli.env),
          run: options.run,
          canary: options.canary,
          yes: options.yes === true,
          rules: {
            limit: options.limit ?? Infinity,
            ratePerSecond: options.rate,
            abortOnFailuresPercent: options.abortOnFailures,
            patienceMs: options.patience,
          },
        });
      }),
    );
}

/** A key that is part of an order's id is that of the order. */
async function filterOf(cli: Cli, options: FilterOptions): Promise<LetterFilter> {
  const filter = filterFrom(options, cli.now());
  return filter.key === undefined ? filter : { ...filter, key: await keyFrom(cli, filter.key) };
}

function withFilter(command: Command, states: readonly string[] = LETTER_STATES): Command {
  command
    .option('--type <type>', 'message type, e.g. payment.process.v1')
    .option('--key <key>', "key of the message, e.g. an order's id, or its beginning")
    .option('--since <time>', 'from that time on: 30m, 2h, 7d (ago), or ISO 8601')
    .option('--until <time>', 'before then')
    .option('--error <text>', 'part of the last error')
    .option('--fingerprint <text>', 'fingerprint of the error, see "dlq groups"')
    .option('--group <group>', 'consumer group')
    .option('--handler <handler>', 'handler of the message')
    .option('--topic <topic>', 'topic of the message')
    .addOption(repeatable('--id <id>', 'id of a letter; repeatable, or separated by commas'));
  if (states.length === 0) return command;
  return command.addOption(new Option('--state <state>', 'state of the letter').choices(states).default('dead'));
}

function withOperator(command: Command): Command {
  return command
    .option('--who <who>', 'who does it, for the audit (default: the user of this machine)')
    .option('--why <why>', 'why, for the audit; required by whatever changes something');
}

function examples(...commands: readonly string[]): string {
  return `\nExamples:\n${commands.map((command) => `  waybill dlq ${command}`).join('\n')}`;
}

/** Ids are each service's own: letter 42 of payment is unknown to order. */
function assertOneService({ clients }: Cli, { ids }: LetterFilter): void {
  if (ids !== undefined && clients.length > 1) {
    throw new CliError(
      'BAD_ARGUMENT',
      "With --id say of which service: ids are each service's own (--service payment).",
    );
  }
}

function runId(text: string): string {
  if (UUID.test(text)) return text.toLowerCase();
  throw new CliError('BAD_ARGUMENT', `"${text}" is not the id of a run; it is the UUID that the replay printed.`);
}
