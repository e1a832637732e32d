import { askServices } from '../api/ask-services.js';
import { deadLetters } from '../api/dead-letters.js';
import type { LetterFilter } from '../api/letter-filter.js';
import { type Cli, outcome, type Outcome } from '../cli.js';
import { amount } from '../output/age.js';
import { renderTable } from '../output/table.js';

/** `dlq count`, and `--count` of list, replay and discard: how many match. Changes nothing. */
export async function countLetters(cli: Cli, filter: LetterFilter): Promise<Outcome> {
  const { answers, failures } = await askServices(cli.clients, (client) => deadLetters.count(client, filter));
  const count = answers.reduce((sum, { answer }) => sum + answer, 0);
  const services = Object.fromEntries(answers.map(({ service, answer }) => [service, answer]));
  const text = renderTable(
    [...answers, { service: failures.length === 0 ? 'all' : 'all of these', answer: count }],
    [
      { title: 'SERVICE', value: ({ service }) => service },
      { title: 'LETTERS', value: ({ answer }) => amount(answer), align: 'right' },
    ],
    cli.terminal,
  );
  return outcome({ count, services }, answers.length === 0 ? '' : text, failures);
}
