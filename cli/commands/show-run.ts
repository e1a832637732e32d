import { askServices } from '../api/ask-services.js';
import { deadLetters, type RunStanding } from '../api/dead-letters.js';
import { CliError, ProblemAnswerError } from '../cli.errors.js';
import { type Cli, outcome, type Outcome } from '../cli.js';
import { amount } from '../output/age.js';
import { renderTable } from '../output/table.js';
import { add, NOTHING, type Tally } from '../replay/tally.js';

/** `dlq runs`: what became of a replay run, over all services. */
export async function showRun(cli: Cli, run: string): Promise<Outcome> {
  const { answers, failures } = await askServices(cli.clients, async (client) => {
    try {
      return await deadLetters.run(client, run);
    } catch (error) {
      if (error instanceof ProblemAnswerError && error.status === 404) return undefined;
      throw error;
    }
  });
  const services = answers.flatMap(({ service, answer }) => (answer === undefined ? [] : { service, ...answer }));
  if (services.length === 0 && failures.length === 0) {
    throw new CliError('RUN_NOT_FOUND', `No service knows of a replay run ${run}.`);
  }
  const { replayed, skipped, failed, pending } = services.reduce<Tally>((sum, each) => add(sum, each), NOTHING);
  return outcome({ run, replayed, skipped, failed, pending, services }, describe(cli, services), failures);
}

type StandingOfService = RunStanding & { readonly service: string };

function describe(cli: Cli, services: readonly StandingOfService[]): string {
  const number = (title: string, value: (standing: StandingOfService) => number) => ({
    title,
    value: (standing: StandingOfService) => amount(value(standing)),
    align: 'right' as const,
  });
  return renderTable(
    services,
    [
      { title: 'SERVICE', value: ({ service }) => service },
      number('REPLAYED', ({ replayed }) => replayed),
      number('SKIPPED', ({ skipped }) => skipped),
      number('FAILED', ({ failed }) => failed),
      number('PENDING', ({ pending }) => pending),
      { title: 'STARTED', value: ({ startedAt = '' }) => startedAt },
      { title: 'WHO', value: ({ who = '' }) => who, shrinks: 'end' },
      { title: 'WHY', value: ({ why = '' }) => why, below: true },
    ],
    cli.terminal,
  );
}
