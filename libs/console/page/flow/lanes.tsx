import { ask } from '../api.js';
import type { ServiceName } from '../api.js';
import type { LaneLag } from '../bodies.js';
import { count, duration } from '../format.js';
import { Failed } from '../parts/notice.js';
import { useRefresh } from '../parts/refresh.js';
import { hrefOf } from '../router.js';
import { useResource } from '../use-resource.js';

/** How far a service is behind on each lane of a topic. */
export function Lanes({ service, topic }: { readonly service: ServiceName; readonly topic: string }) {
  const found = useResource(`${service} ${topic}`, (signal) =>
    ask<readonly LaneLag[]>(service, `/admin/topics/${topic}/lanes`, signal),
  );
  useRefresh(found);
  return (
    <>
      <div class="title">
        <h1>
          Lanes of <code>{topic}</code> at {service}
        </h1>
      </div>
      {found.refusal && <Failed what="The lanes can't be shown." refusal={found.refusal} again={found.refresh} />}
      {found.value !== undefined && (
        <table class="rows lanes">
          <thead>
            <tr>
              <th class="number">Lane</th>
              <th class="number">Behind</th>
              <th class="number">For</th>
              <th class="number">Acknowledged up to</th>
              <th class="number">End</th>
              <th class="number wide">Earliest kept</th>
            </tr>
          </thead>
          <tbody>
            {found.value.map(({ partition, lagMessages, lagSeconds, first, next, end }) => (
              <tr key={partition} class={lagMessages > 0 ? 'busy' : ''}>
                <td class="number">{partition}</td>
                <td class="number">{count(lagMessages)}</td>
                <td class="number">{lagSeconds > 0 ? duration(lagSeconds * 1_000) : ''}</td>
                <td class="number">{next ?? 'nothing yet'}</td>
                <td class="number">{end}</td>
                <td class="number wide">{first}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      <p class="hint">
        Parked and dead messages are acknowledged, so they hold up no lane: see{' '}
        <a href={hrefOf(`/flow/parked/${service}`)}>parked keys</a> and{' '}
        <a href={hrefOf('/dead-letters', { service, topic })}>dead letters</a>. What is wrong with a lane itself is
        under <a href={hrefOf(`/flow/health/${service}`)}>health</a>.
      </p>
    </>
  );
}
