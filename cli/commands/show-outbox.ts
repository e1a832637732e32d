import { askServices } from '../api/ask-services.js';
import { type OutboxState, serviceState } from '../api/service-state.js';
import { type Cli, outcome, type Outcome } from '../cli.js';
import { age, amount, duration } from '../output/age.js';
import { renderTable } from '../output/table.js';

/** `outbox`: what was committed and isn't published yet, and which relays are at it. */
export async function showOutbox(cli: Cli): Promise<Outcome> {
  const { answers, failures } = await askServices(cli.clients, (client) => serviceState.outbox(client));
  const services = answers.map(({ service, answer }) => ({ service, ...answer }));
  const topics = services.flatMap(({ service, topics }) => topics.map((topic) => ({ service, ...topic })));
  const now = cli.now();
  const table = renderTable(
    topics,
    [
      { title: 'SERVICE', value: ({ service }) => service },
      { title: 'TOPIC', value: ({ topic }) => topic, shrinks: 'end' },
      { title: 'UNPUBLISHED', value: ({ unpublished }) => amount(unpublished), align: 'right' },
      { title: 'OLDEST', value: ({ oldestAgeSeconds }) => ageText(oldestAgeSeconds), align: 'right' },
      {
        title: 'SHARDS HELD',
        value: ({ leases }) =>
          `${leases.filter(({ expiresAt }) => Date.parse(expiresAt) > now).length}/${leases.length}`,
        align: 'right',
      },
      { title: 'BACKOFF', value: ({ backoff }) => backoffText(backoff), shrinks: 'end' },
    ],
    cli.terminal,
  );
  const unpublished = services.reduce((sum, service) => sum + service.unpublished, 0);
  const summary = `${amount(unpublished)} unpublished in ${services.map(({ service }) => service).join(', ')}.`;
  if (services.length === 0) return outcome({ services }, '', failures);
  const text = [...(topics.length === 0 ? [] : [table]), summary, ...refusedText(cli, services)].join('\n');
  return outcome({ unpublished, services }, text, failures);
}

function refusedText(cli: Cli, services: readonly ({ readonly service: string } & OutboxState)[]): readonly string[] {
  const rows = services.flatMap(({ service, refused }) => refused.map((row) => ({ service, ...row })));
  if (rows.length === 0) return [];
  const now = cli.now();
  const table = renderTable(
    rows,
    [
      { title: 'SERVICE', value: ({ service }) => service },
      { title: 'REFUSED', value: ({ id }) => id, shrinks: 'middle' },
      { title: 'TYPE', value: ({ type }) => type, shrinks: 'end' },
      { title: 'KEY', value: ({ key = '' }) => key, shrinks: 'middle' },
      { title: 'AGE', value: ({ refusedAt }) => age(refusedAt, now), align: 'right' },
      { title: 'BEHIND IT', value: ({ waitingBehind }) => amount(waitingBehind), align: 'right' },
      { title: 'REASON', value: ({ reason }) => reason, below: true },
    ],
    cli.terminal,
  );
  return [
    '',
    table,
    'Their keys wait: repair the cause, then waybill outbox retry <id> --why …, or outbox discard <id> --why ….',
  ];
}

function ageText(seconds: number | undefined): string {
  return seconds === undefined ? '-' : duration(seconds);
}

function backoffText(backoff: OutboxState['topics'][number]['backoff']): string {
  if (backoff === undefined) return '';
  return `since ${backoff.since ?? '?'}: ${backoff.error ?? ''}`;
}
