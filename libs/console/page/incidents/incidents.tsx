import { useEffect, useMemo } from 'preact/hooks';

import { SERVICES } from '../api.js';
import { isDown, openIncidents } from '../live.js';
import { Failed } from '../parts/notice.js';
import { hrefOf, query } from '../router.js';
import { Choice, ServiceChoice, SinceChoice, sinceOf } from './filters.js';
import { IncidentRow, UnreachableRow } from './incident-row.js';
import type { Incident } from './incident-row.js';
import { servicesOf, useMerged } from './use-merged.js';
import type { Merged } from './use-merged.js';

const MOST_OPEN = 200;
const PAGE = 50;
const startedAt = ({ startedAt: at }: Incident): string => at;

/** What is wrong now, then what was. */
export function Incidents() {
  const filter = query.value;
  const services = servicesOf(filter.get('service'));
  const severity = filter.get('severity');
  const wanted = useMemo(() => {
    const since = sinceOf(filter);
    return new URLSearchParams({
      ...(severity === null ? {} : { severity }),
      ...(since === undefined ? {} : { since }),
    }).toString();
  }, [filter]);
  const path = (state: string, limit: number): string =>
    `/admin/incidents?state=${state}&limit=${limit}${wanted === '' ? '' : `&${wanted}`}`;
  const open = useMerged<Incident>({ path: path('open', MOST_OPEN), services, timeOf: startedAt });
  const ended = useMerged<Incident>({ path: path('ended', PAGE), services, timeOf: startedAt });
  const live = SERVICES.map((service) => `${isDown(service)} ${openIncidents(service).signature}`).join();
  useEffect(() => {
    if (open.rows === undefined) return;
    open.refresh();
    ended.refresh();
  }, [live]);
  const down = severity === 'warning' ? [] : services.filter(isDown);
  const isFiltered = ['service', 'severity', 'since'].some((name) => filter.has(name));
  return (
    <>
      <form class="filters">
        <Choice
          name="severity"
          label="Severity"
          all="any severity"
          options={[
            ['critical', 'critical'],
            ['warning', 'warning'],
          ]}
        />
        <ServiceChoice />
        <SinceChoice />
      </form>
      <Faults of={open} down={down} />
      <h2>Open</h2>
      {open.rows?.length === 0 && down.length === 0 && open.refusals.length === 0 && (
        <p class="hint">{isFiltered ? 'Nothing of this kind is wrong.' : 'Nothing is wrong.'}</p>
      )}
      {((open.rows?.length ?? 0) > 0 || down.length > 0) && (
        <ul class="incidents" aria-label="Open incidents">
          {down.map((service) => (
            <UnreachableRow key={service} service={service} />
          ))}
          {open.rows?.map(({ service, item }) => (
            <IncidentRow key={item.id} service={service} incident={item} />
          ))}
        </ul>
      )}
      <h2>Ended</h2>
      {ended.rows?.length === 0 && ended.refusals.length === 0 && (
        <p class="hint">
          {isFiltered ? 'None of this kind within 30 days. ' : 'None within 30 days.'}
          {isFiltered && <a href={hrefOf('/incidents')}>Show all incidents</a>}
        </p>
      )}
      {(ended.rows?.length ?? 0) > 0 && (
        <ul class="incidents ended" aria-label="Ended incidents">
          {ended.rows?.map(({ service, item }) => (
            <IncidentRow key={item.id} service={service} incident={item} />
          ))}
        </ul>
      )}
      <Older of={ended} />
    </>
  );
}

/** Services that don't answer at all are in the list of what is wrong; here are those that refuse. */
function Faults({ of, down }: { readonly of: Merged<Incident>; readonly down: readonly string[] }) {
  return (
    <>
      {of.refusals.map(
        ({ service, refusal }) =>
          !down.includes(service) && (
            <Failed
              key={service}
              what={`The ${service} service can't show its incidents.`}
              refusal={refusal}
              again={of.refresh}
            />
          ),
      )}
    </>
  );
}

export function Older<Item>({ of }: { readonly of: Merged<Item> }) {
  if (!of.hasOlder) return null;
  return (
    <div class="pages">
      <button type="button" onClick={of.older} disabled={of.isLoading}>
        {of.isLoading ? 'Working…' : 'Show older'}
      </button>
    </div>
  );
}
