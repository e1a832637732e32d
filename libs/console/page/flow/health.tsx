import { ask, learn, Refusal } from '../api.js';
import type { ServiceName } from '../api.js';
import type { LaneIssue } from '../bodies.js';
import { duration } from '../format.js';
import { samplesOf } from '../live.js';
import { Failed } from '../parts/notice.js';
import { useRefresh } from '../parts/refresh.js';
import { Status } from '../parts/status.js';
import { Time } from '../parts/time.js';
import { useResource } from '../use-resource.js';

interface Check {
  readonly ok: boolean;
  readonly detail?: string;
}

interface Readiness {
  readonly isReady: boolean;
  readonly checks: Readonly<Record<string, Check>>;
}

/** Not being ready is an answer. */
async function readiness(service: ServiceName, signal: AbortSignal): Promise<Readiness> {
  try {
    const { checks } = await ask<{ checks: Readiness['checks'] }>(service, '/health/ready', signal);
    return { isReady: true, checks };
  } catch (error) {
    if (!(error instanceof Refusal) || error.code !== 'NOT_READY') throw error;
    return { isReady: false, checks: (error.body['checks'] ?? {}) as Readiness['checks'] }; // as the services describe it
  }
}

/** Whether a service and its consumer work, and what is wrong with its lanes. */
export function Health({ service }: { readonly service: ServiceName }) {
  const found = useResource(service, async (signal) => {
    const [ready, issues] = await Promise.all([
      readiness(service, signal),
      learn(ask<readonly LaneIssue[]>(service, '/admin/lanes', signal)),
    ]);
    return { ready, issues };
  });
  useRefresh(found);
  const { ready, issues } = found.value ?? {};
  const still = samplesOf(service).filter(
    ({ metric, value }) => metric === 'waybill_consumer_lane_still_seconds' && value > 0,
  );
  return (
    <>
      <div class="title">
        <h1>
          Health of {service} {ready && <Status of={ready.isReady ? 'ready' : 'not-ready'} />}
        </h1>
      </div>
      {found.refusal && <Failed what="Its health isn't known." refusal={found.refusal} again={found.refresh} />}
      {ready && (
        <table class="rows checks">
          <thead>
            <tr>
              <th>It needs</th>
              <th>State</th>
              <th>Detail</th>
            </tr>
          </thead>
          <tbody>
            {Object.entries(ready.checks).map(([name, { ok, detail }]) => (
              <tr key={name}>
                <td>{name}</td>
                <td>
                  <Status of={ok ? 'works' : 'fails'} />
                </td>
                <td>{detail}</td>
              </tr>
            ))}
            {still.map(({ labels: { topic = '' }, value }) => (
              <tr key={topic}>
                <td>
                  the slowest lane of <code>{topic}</code>
                </td>
                <td>
                  <Status of="waits" />
                </td>
                <td>for one record since {duration(value * 1_000)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      {issues && 'refusal' in issues && <Failed what="Issues of lanes can't be shown." refusal={issues.refusal} />}
      {issues && 'value' in issues && <Issues service={service} issues={issues.value} />}
    </>
  );
}

function Issues({ service, issues }: { readonly service: ServiceName; readonly issues: readonly LaneIssue[] }) {
  return (
    <>
      <h2>Issues of lanes</h2>
      {issues.length === 0 && <p class="hint">None: every record was read, and none has been lost.</p>}
      <ul class="issues">
        {issues.map(({ id, topic, partition, kind, first, next, reason, foundAt }) => (
          <li key={id} class="notice bad">
            <strong>
              {kind} in {topic}
              {partition >= 0 && `, lane ${partition}, from ${first} to before ${next}`}
            </strong>{' '}
            {reason} · <Time at={foundAt} /> · <code>{`waybill lanes settle ${id} --service ${service} --why …`}</code>
          </li>
        ))}
      </ul>
    </>
  );
}
