import type { ServiceName } from '@waybill/contracts';

import type { AdminClient } from '../api/admin-client.js';
import { askServices, failureOf, type ServiceFailure } from '../api/ask-services.js';
import { deadLetters } from '../api/dead-letters.js';
import type { LetterFilter, Operator } from '../api/letter-filter.js';
import { isEmptyFilter } from '../arguments/letter-filter.js';
import { CliError } from '../cli.errors.js';
import { type Cli, outcome, type Outcome } from '../cli.js';
import { ExitCode } from '../exit-code.js';
import { amount, counted } from '../output/age.js';
import { Progress } from '../output/progress.js';
import { interruptible } from '../replay/interrupt.js';
import { assertConfirmable } from './confirmed.js';

export interface DiscardRequest {
  readonly filter: LetterFilter;
  readonly operator: Operator;
  readonly limit: number;
  readonly yes: boolean;
  /** Without it, a filter that matches everything is refused. */
  readonly all: boolean;
}

interface Discarded {
  readonly service: ServiceName;
  discarded: number;
  remaining: number;
}

const PAGE = 500;

/** `dlq discard`: gives letters up, for good; what is parked behind them runs. The same command again continues. */
export async function discardLetters(cli: Cli, request: DiscardRequest): Promise<Outcome> {
  if (isEmptyFilter(request.filter) && !request.all) {
    throw new CliError('BAD_ARGUMENT', 'Discard what? Give a filter such as --type, --fingerprint or --id; or --all.');
  }
  assertConfirmable(cli, request.yes);
  const { answers, failures } = await askServices(cli.clients, (client) => deadLetters.count(client, request.filter));
  const count = answers.reduce((sum, { answer }) => sum + Math.min(answer, request.limit), 0);
  if (count > 0 && !request.yes) {
    const where = answers.flatMap(({ service, answer }) => (answer > 0 ? `${service} ${amount(answer)}` : []));
    if (!(await cli.terminal.confirm(`Give up ${counted(count, 'letter')} for good (${where.join(', ')})?`))) {
      throw new CliError('NOT_CONFIRMED', 'Nothing was discarded.');
    }
  }
  const results = answers.map(({ service, answer }) => ({ service, discarded: 0, remaining: answer }));
  const clients = cli.clients.filter(({ service }) => results.some((result) => result.service === service));
  const late = await discardAll(cli, clients, results, request);
  return report(results, request.limit, [...failures, ...late]);
}

async function discardAll(
  cli: Cli,
  clients: readonly AdminClient[],
  results: readonly Discarded[],
  request: DiscardRequest,
): Promise<readonly ServiceFailure[]> {
  const progress = new Progress(cli.terminal);
  const failures: ServiceFailure[] = [];
  await interruptible(
    { first: () => progress.note('waybill: stopping after the page in hand'), lastWords: () => undefined },
    async ({ signal }) => {
      for (const client of clients) {
        const result = results.find(({ service }) => service === client.service);
        if (result === undefined) continue;
        try {
          await discardOf(client, result, request, signal, progress);
        } catch (error) {
          failures.push(failureOf(client.service, error));
        }
      }
    },
  );
  progress.end();
  return failures;
}

async function discardOf(
  client: AdminClient,
  result: Discarded,
  { filter, operator, limit }: DiscardRequest,
  interrupted: AbortSignal,
  progress: Progress,
): Promise<void> {
  while (!interrupted.aborted && result.remaining > 0 && result.discarded < limit) {
    const size = Math.min(PAGE, limit - result.discarded);
    const { discarded, remaining } = await deadLetters.discard(client, filter, size, operator);
    result.discarded += discarded;
    result.remaining = remaining;
    const { service: label, discarded: done } = result;
    progress.update({ label, done, total: done + remaining, detail: `discarded ${amount(done)}` });
    if (discarded === 0) return;
  }
}

function report(results: readonly Discarded[], limit: number, failures: readonly ServiceFailure[]): Outcome {
  const discarded = results.reduce((sum, result) => sum + result.discarded, 0);
  const remaining = results.reduce((sum, result) => sum + result.remaining, 0);
  const stopped = results.some((result) => result.remaining > 0 && result.discarded < limit);
  const left = remaining === 0 ? '' : `, ${amount(remaining)} that match are left; the same command continues`;
  const text = `${counted(discarded, 'letter')} discarded${left}.`;
  return outcome(
    { discarded, remaining, services: results },
    text,
    failures,
    stopped ? ExitCode.failed : ExitCode.fine,
  );
}
