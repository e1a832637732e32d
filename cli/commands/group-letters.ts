import { askServices } from '../api/ask-services.js';
import { deadLetters } from '../api/dead-letters.js';
import type { LetterFilter } from '../api/letter-filter.js';
import { type Cli, noneOf, outcome, type Outcome } from '../cli.js';
import { age, amount, counted } from '../output/age.js';
import { renderTable } from '../output/table.js';

/** `dlq groups`: what went wrong, by the error's fingerprint; the largest group first. */
export async function groupLetters(cli: Cli, filter: LetterFilter): Promise<Outcome> {
  const { answers, failures } = await askServices(cli.clients, (client) => deadLetters.groups(client, filter));
  const groups = answers
    .flatMap(({ service, answer }) => answer.map((group) => ({ service, ...group })))
    .sort((a, b) => b.letters - a.letters);
  if (groups.length === 0) return outcome({ groups }, noneOf('dead letters match', failures), failures);
  const now = cli.now();
  const table = renderTable(
    groups,
    [
      { title: 'LETTERS', value: ({ letters }) => amount(letters), align: 'right' },
      { title: 'KEYS', value: ({ keys }) => amount(keys), align: 'right' },
      { title: 'SERVICE', value: ({ service }) => service },
      { title: 'OLDEST', value: ({ firstAt }) => age(firstAt, now), align: 'right' },
      { title: 'NEWEST', value: ({ lastAt }) => age(lastAt, now), align: 'right' },
      { title: 'TYPE', value: ({ type = '' }) => type, shrinks: 'end' },
      { title: 'FINGERPRINT', value: ({ fingerprint = '' }) => fingerprint, shrinks: 'end' },
      { title: 'LAST ERROR', value: ({ lastError = '' }) => lastError, below: true },
    ],
    cli.terminal,
  );
  return outcome({ groups }, `${table}\n${counted(groups.length, 'group')}.`, failures);
}
