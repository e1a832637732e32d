import { type Incident, type IncidentFilter, incidents } from '../api/incidents.js';
import { type Latest, takeLatest } from '../api/take-latest.js';
import { parseMoment } from '../arguments/moment.js';
import { type Cli, noneOf, outcome, type Outcome } from '../cli.js';
import { amount, duration, listed, secondsSince } from '../output/age.js';
import { renderTable } from '../output/table.js';
import { when } from '../output/when.js';

/** As commander hands them over. */
export interface IncidentOptions {
  readonly open?: true;
  readonly severity?: string;
  readonly since?: string;
  readonly limit: number;
}

/** `incidents`: of all chosen services, in one list. */
export async function listIncidents(cli: Cli, { open, severity, since, limit }: IncidentOptions): Promise<Outcome> {
  const filter: IncidentFilter = {
    state: open ? 'open' : undefined,
    severity,
    since: since === undefined ? undefined : parseMoment(since, '--since', cli.now()),
  };
  const latest = await takeLatest(
    cli.clients,
    limit,
    ({ startedAt }: Incident) => startedAt,
    (client, size, cursor) => incidents.page(client, filter, size, cursor),
  );
  const { items, isMore, failures } = latest;
  const isFiltered = Object.values(filter).some((value) => value !== undefined);
  const none = noneOf(isFiltered ? 'incidents match' : 'incidents', failures);
  return outcome({ items, isMore }, items.length === 0 ? none : incidentTable(cli, latest), failures);
}

function incidentTable(cli: Cli, { items, isMore }: Latest<Incident>): string {
  const { terminal } = cli;
  const now = cli.now();
  const table = renderTable(
    items,
    [
      { title: 'SEVERITY', value: ({ severity }) => severity, tone: toneOf },
      { title: 'SERVICE', value: ({ service }) => service },
      { title: 'RULE', value: ({ rule }) => rule, shrinks: 'end' },
      { title: 'BEGAN', value: ({ startedAt }) => when(startedAt, now, terminal), align: 'right' },
      { title: 'ENDED', value: ({ endedAt }) => (endedAt ? when(endedAt, now, terminal) : 'open'), align: 'right' },
      { title: 'LASTED', value: (incident) => lasted(incident, now), align: 'right', spare: true },
      { title: 'WHAT', value: whatText, below: true },
    ],
    terminal,
  );
  return `${table}\n${listed(items.length, 'incident', isMore)}`;
}

function toneOf({ severity, endedAt }: Incident): 'bad' | 'quiet' | 'warn' {
  if (endedAt !== undefined) return 'quiet';
  return severity === 'critical' ? 'bad' : 'warn';
}

/** Until now, where it is open. */
function lasted({ startedAt, endedAt }: Incident, now: number): string {
  return duration(secondsSince(startedAt, endedAt === undefined ? now : Date.parse(endedAt)));
}

/** Of the rule's metric: what it is or was at last, at its worst, and what it may be. */
function whatText({ summary, subject, value, peak, threshold, endedAt, unconfirmedSince }: Incident): string {
  const [last, worst, most] = [value, peak, threshold].map((number) => amount(Math.round(number)));
  const unconfirmed = endedAt === undefined ? 'not measured since' : 'not measured to its end, from';
  return [
    subject === '' ? summary : `${summary} (${subject})`,
    `value ${last}, peak ${worst}, threshold ${most}`,
    ...(unconfirmedSince === undefined ? [] : [`${unconfirmed} ${unconfirmedSince}`]),
  ].join('; ');
}
