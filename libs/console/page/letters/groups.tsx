import { useEffect } from 'preact/hooks';

import { ask, learn, SERVICES } from '../api.js';
import type { Learnt, ServiceName } from '../api.js';
import type { LetterGroup } from '../bodies.js';
import { count } from '../format.js';
import { deadLetters } from '../live.js';
import { later } from '../parts/later.js';
import { Empty, Failed, NoSuchService } from '../parts/notice.js';
import { Time } from '../parts/time.js';
import { hrefOf, query } from '../router.js';
import { useResource } from '../use-resource.js';
import { LetterFilters } from './filters.js';
import { filterIn } from './letter-filter.js';
import { Runs } from './runs.js';
import { Sparkline } from './sparkline.js';
import { atMost } from './trend.js';

const LettersOf = later(async () => (await import('./letters-of.js')).LettersOf);

interface Group {
  readonly service: ServiceName;
  readonly group: LetterGroup;
}
type Groups = readonly { readonly service: ServiceName; readonly groups: Learnt<readonly LetterGroup[]> }[];

/** Rows at once: a service may have a thousand groups, and a person looks at the largest. */
const SHOWN = 100;
/** Where counting ends; see the services' description. */
const MOST = { letters: 10_000, keys: 1_000 };

const load = (search: string, signal: AbortSignal): Promise<Groups> =>
  Promise.all(
    SERVICES.map(async (service) => ({
      service,
      groups: await learn(ask<readonly LetterGroup[]>(service, `/admin/dead-letters/groups${search}`, signal)),
    })),
  );

/** Dead letters by the way in which they failed; of one service all that can be done with them. */
export function DeadLetters() {
  const asked = query.value.get('service') ?? '';
  const service = SERVICES.find((name) => name === asked);
  return (
    <section>
      <div class="title">
        <h1>Dead letters</h1>
      </div>
      <LetterFilters />
      {service !== undefined && <LettersOf service={service} />}
      {service === undefined && asked === '' && <AllGroups />}
      {service === undefined && asked !== '' && <NoSuchService name={asked} />}
    </section>
  );
}

function AllGroups() {
  const filter = filterIn(query.value);
  const parameters = new URLSearchParams(filter).toString();
  const search = parameters === '' ? '' : `?${parameters}`;
  const found = useResource(`groups ${search}`, (signal) => load(search, signal));
  useEffect(() => {
    if (found.value !== undefined) found.refresh();
  }, [deadLetters.value]);
  const rows = (found.value ?? [])
    .flatMap(({ service, groups }) => ('value' in groups ? groups.value.map((group) => ({ service, group })) : []))
    .toSorted((a, b) => b.group.letters - a.group.letters || b.group.lastAt.localeCompare(a.group.lastAt));
  const isComplete = found.value?.every(({ groups }) => 'value' in groups) === true;
  return (
    <>
      {found.refusal && <Failed what="The groups can't be shown." refusal={found.refusal} again={found.refresh} />}
      {found.value?.map(
        ({ service, groups }) =>
          'refusal' in groups && (
            <Failed
              what={`The ${service} service can't show its letters.`}
              refusal={groups.refusal}
              again={found.refresh}
            />
          ),
      )}
      {isComplete && rows.length === 0 && (
        <Empty title={search === '' ? 'No message has failed for good.' : 'No dead letter fits.'} />
      )}
      {rows.length > 0 && <Table rows={rows.slice(0, SHOWN)} filter={filter} />}
      {rows.length > SHOWN && (
        <p class="hint">
          The largest {SHOWN} of {count(rows.length)} groups. Search for less to see the others.
        </p>
      )}
      <Runs />
    </>
  );
}

interface TableProps {
  readonly rows: readonly Group[];
  readonly filter: Readonly<Record<string, string>>;
}

function Table({ rows, filter }: TableProps) {
  return (
    <table class="rows groups">
      <thead>
        <tr>
          <th>How they failed</th>
          <th class="wide">Message</th>
          <th>Service</th>
          <th class="number">Letters</th>
          <th class="number wide">Keys</th>
          <th>Last 24 h</th>
          <th class="wide">First</th>
          <th class="wide">Last</th>
        </tr>
      </thead>
      <tbody>
        {rows.map(({ service, group }) => (
          <tr key={`${service} ${group.fingerprint} ${group.type} ${group.handler}`}>
            <td>
              <a class="whole-row" href={hrefOf('/dead-letters', { ...filter, ...filterOf(service, group) })}>
                {group.fingerprint ?? 'without a fingerprint'}
              </a>
              <p class="hint">{group.lastError}</p>
            </td>
            <td class="wide">
              <code>{group.type}</code>
            </td>
            <td>
              <i class={`service of-${service}`}>{service}</i>
            </td>
            <td class="number">{atMost(group.letters, MOST.letters)}</td>
            <td class="number wide">{atMost(group.keys, MOST.keys)}</td>
            <td>
              <Sparkline trend={group.trend} />
            </td>
            <td class="wide">
              <Time at={group.firstAt} />
            </td>
            <td class="wide">
              <Time at={group.lastAt} />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function filterOf(service: ServiceName, { fingerprint, type, handler }: LetterGroup): Record<string, string> {
  return { service, fingerprint: fingerprint ?? '', type: type ?? '', handler: handler ?? '' };
}
