import { useEffect } from 'preact/hooks';

import { ask, learn, SERVICES } from '../api.js';
import type { Learnt, ServiceName } from '../api.js';
import type { Page } from '../bodies.js';
import { count, shortId } from '../format.js';
import { now } from '../live.js';
import { Failed } from '../parts/notice.js';
import { Status } from '../parts/status.js';
import { Time } from '../parts/time.js';
import { hrefOf } from '../router.js';
import { useResource } from '../use-resource.js';

interface ParkedKey {
  readonly topic: string;
  readonly key: string | null;
  readonly parkedAt: string;
  readonly messages: number;
  readonly head: { readonly id: string; readonly state: string; readonly nextAttemptAt: string | null } | null;
}
type Answers = readonly { readonly service: ServiceName; readonly keys: Learnt<Page<ParkedKey>> }[];

const REFRESH_MS = 3_000;
const MOST = 50;

const load = (signal: AbortSignal): Promise<Answers> =>
  Promise.all(
    SERVICES.map(async (service) => ({
      service,
      keys: await learn(ask<Page<ParkedKey>>(service, `/admin/parked-keys?limit=${MOST}`, signal)),
    })),
  );

/** The keys that wait for a failed message of theirs, the longest parked first. */
export function ParkedKeys() {
  const found = useResource('parked', load);
  useEffect(() => {
    if (!found.isLoading) found.refresh();
  }, [Math.floor(now.value / REFRESH_MS)]);
  const rows = (found.value ?? []).flatMap(({ service, keys }) =>
    'value' in keys ? keys.value.items.map((key) => ({ service, key })) : [],
  );
  const more = found.value?.some(({ keys }) => 'value' in keys && keys.value.nextCursor !== null) === true;
  return (
    <>
      <h2 id="parked" tabIndex={-1}>
        Parked keys
      </h2>
      {found.value?.map(
        ({ service, keys }) =>
          'refusal' in keys && <Failed what={`Those of ${service} can't be listed.`} refusal={keys.refusal} />,
      )}
      {found.value !== undefined && rows.length === 0 && <p class="hint">No key waits.</p>}
      {rows.length > 0 && (
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
            {rows.map(({ service, key: { topic, key, parkedAt, messages, head } }) => (
              <tr key={`${service} ${topic} ${key}`}>
                <td>
                  <a href={hrefOf(`/orders/${key}`)}>
                    <code title={key ?? ''}>{shortId(key ?? '')}</code>
                  </a>
                </td>
                <td>
                  <code>{topic}</code>
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
      )}
      {more && <p class="hint">The first {MOST} of each service; all of them: npm run waybill -- dlq parked</p>}
    </>
  );
}
