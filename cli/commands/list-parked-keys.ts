import { askServices } from '../api/ask-services.js';
import { deadLetters, type ParkedKey } from '../api/dead-letters.js';
import { takePages } from '../api/pages.js';
import { type Cli, noneOf, outcome, type Outcome } from '../cli.js';
import { age, amount, counted } from '../output/age.js';
import { renderTable } from '../output/table.js';
import { toneOf } from '../output/tone.js';
import { nextAttemptText } from '../story/holdups.js';

/** The handler that waits, where an event has several. */
const FOR = { title: 'FOR', value: ({ subscriber = '' }: ParkedKey): string => subscriber };

/** `dlq parked`: the keys that wait behind a letter, longest first, and what they wait for. */
export async function listParkedKeys(cli: Cli, limit: number): Promise<Outcome> {
  const { answers, failures } = await askServices(cli.clients, (client) =>
    takePages(limit, (size, cursor) => deadLetters.parkedPage(client, size, cursor)),
  );
  const items = answers
    .flatMap(({ service, answer }) => answer.map((parked) => ({ service, ...parked })))
    .sort((a, b) => Date.parse(a.parkedAt) - Date.parse(b.parkedAt))
    .slice(0, limit);
  if (items.length === 0) return outcome({ items }, noneOf('keys are parked', failures), failures);
  const now = cli.now();
  const table = renderTable(
    items,
    [
      { title: 'SERVICE', value: ({ service }) => service },
      { title: 'TOPIC', value: ({ topic }) => topic, shrinks: 'end' },
      { title: 'KEY', value: ({ key = '' }) => key, shrinks: 'middle' },
      ...(items.some(({ subscriber }) => subscriber !== undefined) ? [FOR] : []),
      { title: 'PARKED', value: ({ parkedAt }) => age(parkedAt, now), align: 'right' },
      { title: 'MESSAGES', value: ({ messages }) => amount(messages), align: 'right' },
      { title: 'HEAD', value: ({ head }) => head?.id ?? '' },
      { title: 'HEAD IS', value: ({ head }) => head?.state ?? '', tone: ({ head }) => toneOf(head?.state ?? '') },
      {
        title: 'NEXT ATTEMPT',
        value: ({ head }) => (head ? nextAttemptText(head.state, head.nextAttemptAt, now) : 'now'),
      },
    ],
    cli.terminal,
  );
  return outcome({ items }, `${table}\n${counted(items.length, 'key')}.`, failures);
}
