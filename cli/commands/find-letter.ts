import type { AdminClient } from '../api/admin-client.js';
import { askServices } from '../api/ask-services.js';
import { deadLetters, type Letter } from '../api/dead-letters.js';
import { CliError, ProblemAnswerError } from '../cli.errors.js';
import type { Cli } from '../cli.js';
import { ExitCode } from '../exit-code.js';

export interface FoundLetter {
  readonly client: AdminClient;
  /** Masked. */
  readonly letter: Letter;
}

/**
 * The letter of that id in the chosen services. Each must have answered: one that didn't may have another letter of that id.
 * @throws CliError LETTER_NOT_FOUND, AMBIGUOUS_LETTER (ids are each service's own), or what the services say
 */
export async function findLetter(cli: Cli, id: string): Promise<FoundLetter> {
  const { answers, failures } = await askServices(cli.clients, async (client) => {
    try {
      return { client, letter: await deadLetters.show(client, id) };
    } catch (error) {
      if (error instanceof ProblemAnswerError && (error.status === 404 || error.status === 400)) return undefined;
      throw error;
    }
  });
  const found = answers.flatMap(({ answer }) => answer ?? []);
  const [first, second] = found;
  const services = found.map(({ client }) => client.service).join(' and ');
  if (first !== undefined && second !== undefined) {
    throw new CliError('AMBIGUOUS_LETTER', `Letter ${id} exists in ${services}: choose one by --service.`);
  }
  const [failure] = failures;
  if (failure !== undefined) {
    const known =
      first === undefined ? '' : ` ${services} has a letter ${id}; if that is meant, choose it by --service.`;
    throw new CliError(
      failure.exitCode === ExitCode.unreachable ? 'UNREACHABLE' : 'REFUSED',
      `${failure.message}${known}`,
    );
  }
  if (first !== undefined) return first;
  const asked = cli.clients.map(({ service }) => service).join(', ');
  throw new CliError(
    'LETTER_NOT_FOUND',
    `There is no letter ${id} in ${asked}. "${cli.invocation} dlq list --state any" shows all.`,
  );
}
