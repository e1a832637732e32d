import { ask, learn, SERVICES } from '../api.js';
import type { Learnt, ServiceName } from '../api.js';
import type { Page, ParkedKey } from '../bodies.js';
import { count } from '../format.js';
import { KeyLink } from '../parts/key-link.js';
import { Empty, Failed } from '../parts/notice.js';
import { Pages } from '../parts/pages.js';
import { useRefresh } from '../parts/refresh.js';
import { Status } from '../parts/status.js';
import { Time } from '../parts/time.js';
import { hrefOf, query } from '../router.js';
import { useResource } from '../use-resource.js';

type Answers = readonly { readonly service: ServiceName; readonly keys: Learnt<Page<ParkedKey>> }[];

/** Of each service, beneath the map. */
const FIRST = 10;
const PAGE = 50;

const load = (signal: AbortSignal): Promise<Answers> =>
  Promise.all(
    SERVICES.map(async (service) => ({
      service,
      keys: await learn(ask<Page<ParkedKey>>(service, `/admin/parked-keys?limit=${FIRST}`, signal)),
    })),
  );

/** The keys of all services that wait for a failed message of theirs, those parked longest. */
export function ParkedKeys() {
  const found = useResource('parked', load);
  useRefresh(found);
  const rows = (found.value ?? []).flatMap(({ service, keys }) =>
    'value' in keys ? keys.value.items.map((key) => ({ service, key })) : [],
  );
  const longer = (found.value ?? []).filter(({ keys }) => 'value' in keys && keys.value.nextCursor !== null);
  const isComplete = found.value?.every(({ keys }) => 'value' in keys) === true;
  return (
    <>
      <h2 id="parked" tabIndex={-1}>
        Parked keys
      </h2>
      {found.value?.map(
        ({ service, keys }) =>
          'refusal' in keys && <Failed what={`Those of ${service} can't be listed.`} refusal={keys.refusal} />,
      )}
      {isComplete && rows.length === 0 && <p class="hint">No key waits.</p>}
      {rows.length > 0 && <Table rows={rows} />}
      {longer.length > 0 && (
        <p class="hint">
          The first {FIRST} of each service; all of{' '}
          {longer.map(({ service }, index) => (
            <>
              {index > 0 && ', '}
              <a href={hrefOf(`/flow/parked/${service}`)}>{service}</a>
            </>
          ))}
        </p>
      )}
    </>
  );
}

/** All parked keys of one service, page by page. */
export function ParkedKeysOf({ service }: { readonly service: ServiceName }) {
  const cursor = query.value.get('cursor');
  const search = new URLSearchParams({ limit: String(PAGE), ...(cursor === null ? {} : { cursor }) });
  const found = useResource(`${service} ${search}`, (signal) =>
    ask<Page<ParkedKey>>(service, `/admin/parked-keys?${search}`, signal),
  );
  useRefresh(found);
  const rows = found.value?.items.map((key) => ({ service, key })) ?? [];
  return (
    <>
      <div class="title">
        <h1>Parked keys of {service}</h1>
      </div>
      {found.refusal && <Failed what="They can't be listed." refusal={found.refusal} again={found.refresh} />}
      {found.value?.items.length === 0 && <Empty title="No key waits." />}
      {rows.length > 0 && <Table rows={rows} />}
      <Pages
        list={`/flow/parked/${service}`}
        nextCursor={found.value?.nextCursor}
        first="Longest parked"
        next="Parked later"
      />
    </>
  );
}

function Table({ rows }: { readonly rows: readonly { readonly service: ServiceName; readonly key: ParkedKey }[] }) {
  return (
    <table class="rows parked">
      <thead>
        <tr>
          <th>Key</th>
          <th>Topic</th>
          <th>Waits for</th>
          <th class="number">Messages</th>
          <th>Since</th>
        </tr>
      </thead>
      <tbody>
        {rows.map(({ service, key: { topic, key, subscriber, parkedAt, messages, head } }) => (
          <tr key={`${service} ${topic} ${key} ${subscriber}`}>
            <td>
              <KeyLink of={key} />
            </td>
            <td>
              <code>{topic}</code>
              {subscriber !== null && <small> for {subscriber}</small>}
            </td>
            <td>
              {head === null ? (
                'nothing any more'
              ) : (
                <a href={hrefOf(`/dead-letters/${service}/${head.id}`)}>
                  letter {head.id} <Status of={head.state} />
                </a>
              )}
            </td>
            <td class="number">{count(messages)}</td>
            <td>
              <Time at={parkedAt} />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
