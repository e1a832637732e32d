import { useMemo } from 'preact/hooks';

import { ask as askService, learn } from '../api.js';
import type { ServiceName } from '../api.js';
import { count, shortId } from '../format.js';
import { fieldOf } from '../parts/form.js';
import { Empty, Failed } from '../parts/notice.js';
import { Time } from '../parts/time.js';
import { ask, hrefOf, query } from '../router.js';
import { useResource } from '../use-resource.js';
import { KINDS, screenOf, sentence } from './acts.js';
import type { Act } from './acts.js';
import { Choice, ServiceChoice, SinceChoice, sinceOf } from './filters.js';
import { Older } from './incidents.js';
import { servicesOf, useMerged } from './use-merged.js';

const PAGE = 50;
const FILTERS = ['act', 'who', 'about', 'service', 'since'];

/** Who did what to which service, when and why. */
export function Audit() {
  const filter = query.value;
  const path = useMemo(() => {
    const given = ['act', 'who', 'about'].flatMap((name) => {
      const value = filter.get(name);
      return value === null ? [] : [[name, value]];
    });
    const since = sinceOf(filter);
    const time = since === undefined ? {} : { since };
    return `/admin/audit?${new URLSearchParams({ ...Object.fromEntries(given), ...time, limit: String(PAGE) })}`;
  }, [filter]);
  const acts = useMerged<Act>({ path, services: servicesOf(filter.get('service')), timeOf: ({ at }) => at });
  const isFiltered = FILTERS.some((name) => filter.has(name));
  return (
    <>
      <Filters />
      {acts.refusals.map(({ service, refusal }) => (
        <Failed
          key={service}
          what={`What was done to the ${service} service is missing below.`}
          refusal={refusal}
          again={acts.refresh}
        />
      ))}
      {acts.rows?.length === 0 && acts.refusals.length === 0 && (
        <Empty title={isFiltered ? 'Nobody has done anything like this.' : 'Nobody has done anything yet.'}>
          {isFiltered && <a href={hrefOf('/audit')}>Show everything</a>}
        </Empty>
      )}
      {(acts.rows?.length ?? 0) > 0 && (
        <ol class="acts" aria-label="Acts">
          {acts.rows?.map(({ service, item }) => (
            <ActRow key={`${service} ${item.id}`} service={service} act={item} />
          ))}
        </ol>
      )}
      <Older of={acts} />
    </>
  );
}

function Filters() {
  const filter = query.value;
  const submit = (event: SubmitEvent): void => {
    event.preventDefault();
    ask({ about: fieldOf(event, 'about'), who: fieldOf(event, 'who') });
  };
  return (
    <form class="filters" role="search" onSubmit={submit}>
      <label class="grow">
        <span class="unseen">Order, letter, SKU or message</span>
        <input
          type="search"
          name="about"
          placeholder="Order id, letter, SKU or message"
          spellcheck={false}
          value={filter.get('about') ?? ''}
          key={filter.get('about')}
        />
      </label>
      <label>
        <span class="unseen">Who</span>
        <input
          type="search"
          name="who"
          placeholder="Who"
          spellcheck={false}
          value={filter.get('who') ?? ''}
          key={filter.get('who')}
        />
      </label>
      <Choice name="act" label="What" all="anything" options={KINDS} />
      <ServiceChoice />
      <SinceChoice />
      <button type="submit">Search</button>
    </form>
  );
}

function ActRow({ service, act }: { readonly service: ServiceName; readonly act: Act }) {
  const screen = screenOf(service, act);
  const what = sentence(act);
  return (
    <li>
      <p>
        <strong>{act.who ?? 'somebody'}</strong> {screen === undefined ? what : <a href={hrefOf(screen)}>{what}</a>}{' '}
        <i class={`service of-${service}`}>{service}</i>
      </p>
      <p class="because">{act.why ?? <span class="hint">No reason was asked for.</span>}</p>
      <p class="hint">
        {act.key !== null && (
          <a href={hrefOf('/audit', { about: act.key })} title={`All that was done about ${act.key}`}>
            <code>{shortId(act.key)}</code>
          </a>
        )}
        {act.act === 'dead-letters.replay' && act.subject !== null && <Outcome service={service} run={act.subject} />}
      </p>
      <p class="when">
        <Time at={act.at} />
      </p>
    </li>
  );
}

interface Run {
  readonly replayed: number;
  readonly failed: number;
  readonly skipped: number;
  readonly pending: number;
}

/** What became of a run, as long as its letters are kept. */
function Outcome({ service, run }: { readonly service: ServiceName; readonly run: string }) {
  const found = useResource(run, (signal) =>
    learn(askService<Run>(service, `/admin/dead-letters/runs/${run}`, signal)),
  );
  if (found.value === undefined || 'refusal' in found.value) return null;
  const { replayed, failed, skipped, pending } = found.value.value;
  const parts = [
    `${count(replayed)} went well`,
    failed > 0 ? `${count(failed)} failed again` : '',
    skipped > 0 ? `${count(skipped)} skipped` : '',
    pending > 0 ? `${count(pending)} pending` : '',
  ].filter((part) => part !== '');
  return <span>{parts.join(', ')}</span>;
}
