import type { ServiceName } from '@waybill/contracts';

import { askServices } from '../api/ask-services.js';
import { deadLetters, type LetterSummary } from '../api/dead-letters.js';
import type { LetterFilter } from '../api/letter-filter.js';
import { takePages } from '../api/pages.js';
import { type Cli, noneOf, outcome, type Outcome } from '../cli.js';
import { age, amount, counted } from '../output/age.js';
import { renderTable } from '../output/table.js';
import { toneOf } from '../output/tone.js';

type ListedLetter = LetterSummary & { readonly service: ServiceName };

/** `dlq list`: the newest letters of all chosen services, in one list. */
export async function listLetters(cli: Cli, filter: LetterFilter, limit: number): Promise<Outcome> {
  const { answers, failures } = await askServices(cli.clients, async (client) => ({
    count: await deadLetters.count(client, filter),
    items: await takePages(limit, (size, cursor) => deadLetters.page(client, filter, size, cursor)),
  }));
  const count = answers.reduce((sum, { answer }) => sum + answer.count, 0);
  const items = answers
    .flatMap(({ service, answer }) => answer.items.map((letter) => ({ service, ...letter })))
    .sort((a, b) => Date.parse(b.heldAt) - Date.parse(a.heldAt))
    .slice(0, limit);
  const { state = 'dead' } = filter;
  const things = state === 'any' ? 'letter' : `${state} letter`;
  const text = items.length === 0 ? noneOf(`${things}s match`, failures) : describe(cli, items, count, things);
  return outcome({ count, items }, text, failures);
}

function describe(cli: Cli, items: readonly ListedLetter[], count: number, things: string): string {
  const now = cli.now();
  const table = renderTable(
    items,
    [
      { title: 'ID', value: ({ id }) => id },
      { title: 'SERVICE', value: ({ service }) => service },
      { title: 'STATE', value: ({ state }) => state, tone: ({ state }) => toneOf(state) },
      { title: 'AGE', value: ({ heldAt }) => age(heldAt, now), align: 'right' },
      { title: 'TRIED', value: ({ attempts }) => amount(attempts), align: 'right', spare: true },
      { title: 'TYPE', value: ({ type = '' }) => type, shrinks: 'end' },
      { title: 'KEY', value: ({ key = '' }) => key, shrinks: 'middle' },
      { title: 'ERROR', value: ({ lastError = '', reason = '' }) => lastError || reason, below: true },
    ],
    cli.terminal,
  );
  const more = count > items.length ? ` of ${amount(count)}; --limit shows more` : '';
  return `${table}\n${counted(items.length, things)}${more}.`;
}
