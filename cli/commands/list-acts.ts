import { type Act, type ActFilter, acts } from '../api/acts.js';
import { type Latest, takeLatest } from '../api/take-latest.js';
import { parseMoment } from '../arguments/moment.js';
import { type Cli, noneOf, outcome, type Outcome } from '../cli.js';
import { listed } from '../output/age.js';
import { renderTable } from '../output/table.js';
import { when } from '../output/when.js';
import { keyFrom } from './find-order.js';

/** As commander hands them over. */
export interface ActOptions {
  readonly who?: string;
  readonly about?: string;
  readonly since?: string;
  readonly limit: number;
}

/** `audit`: of all chosen services, in one list. */
export async function listActs(cli: Cli, { who, about, since, limit }: ActOptions): Promise<Outcome> {
  const filter: ActFilter = {
    who,
    since: since === undefined ? undefined : parseMoment(since, '--since', cli.now()),
    about: about === undefined ? undefined : await keyFrom(cli, about),
  };
  const latest = await takeLatest(
    cli.clients,
    limit,
    ({ at }: Act) => at,
    (client, size, cursor) => acts.page(client, filter, size, cursor),
  );
  const { items, isMore, failures } = latest;
  const isFiltered = Object.values(filter).some((value) => value !== undefined);
  const none = noneOf(isFiltered ? 'acts match' : 'acts', failures);
  return outcome({ items, isMore }, items.length === 0 ? none : actTable(cli, latest), failures);
}

function actTable(cli: Cli, { items, isMore }: Latest<Act>): string {
  const { terminal } = cli;
  const now = cli.now();
  const table = renderTable(
    items,
    [
      { title: 'AT', value: ({ at }) => when(at, now, terminal), align: 'right' },
      { title: 'SERVICE', value: ({ service }) => service },
      { title: 'WHO', value: ({ who = '' }) => who, shrinks: 'end' },
      { title: 'ACT', value: ({ act }) => act, shrinks: 'end' },
      { title: 'ON', value: ({ subject = '' }) => subject, shrinks: 'middle' },
      {
        title: 'ORDER',
        value: ({ key = '', subject }) => (key === subject ? '' : key),
        shrinks: 'middle',
        spare: true,
      },
      { title: 'DETAIL', value: detailText, spare: true },
      { title: 'WHY', value: ({ why = '' }) => why, below: true },
    ],
    terminal,
  );
  return `${table}\n${listed(items.length, 'act', isMore)}`;
}

function detailText({ detail }: Act): string {
  return Object.entries(detail)
    .map(([name, value]) => `${name}=${String(value)}`)
    .join(' ');
}
