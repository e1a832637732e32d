import { askServices } from '../api/ask-services.js';
import { deadLetters } from '../api/dead-letters.js';
import type { LetterFilter } from '../api/letter-filter.js';
import { type Cli, outcome, type Outcome } from '../cli.js';
import { amount, counted } from '../output/age.js';
import { renderTable } from '../output/table.js';

/** `dlq replay --dry-run`: what would run, through which upcasters, and what waits behind it. Changes nothing. */
export async function previewReplay(cli: Cli, filter: LetterFilter, limit: number): Promise<Outcome> {
  const { answers, failures } = await askServices(cli.clients, (client) => deadLetters.preview(client, filter, limit));
  const items = answers.flatMap(({ service, answer }) => answer.items.map((item) => ({ service, ...item })));
  const count = answers.reduce((sum, { answer }) => sum + answer.count, 0);
  const keys = answers.reduce((sum, { answer }) => sum + answer.keys, 0);
  const services = answers.map(({ service, answer }) => ({ service, count: answer.count, keys: answer.keys }));
  const summary = `${counted(count, 'letter')} of ${counted(keys, 'key')} would be replayed; nothing was changed.`;
  if (items.length === 0) return outcome({ count, keys, services, items }, summary, failures);
  const table = renderTable(
    items,
    [
      { title: 'ID', value: ({ id }) => id },
      { title: 'SERVICE', value: ({ service }) => service },
      { title: 'RUNS', value: ({ runs, reason = '' }) => (runs ? 'yes' : `no: ${reason}`), shrinks: 'end' },
      { title: 'BEHIND', value: ({ behind }) => amount(behind), align: 'right' },
      { title: 'TYPE', value: ({ type = '' }) => type, shrinks: 'end' },
      { title: 'UPCASTERS', value: ({ upcasters }) => upcasters.join(', ') || '-', shrinks: 'end' },
      { title: 'HANDLER', value: ({ handler = '' }) => handler, shrinks: 'end', spare: true },
      { title: 'KEY', value: ({ key = '' }) => key, shrinks: 'middle' },
    ],
    cli.terminal,
  );
  const failing = items.filter(({ runs }) => !runs).length;
  const warning = failing === 0 ? '' : ` ${amount(failing)} of those shown would not get through: see RUNS.`;
  const more = count > items.length ? ` The first ${amount(items.length)} are shown; --limit shows more.` : '';
  return outcome({ count, keys, services, items }, `${table}\n${summary}${warning}${more}`, failures);
}
