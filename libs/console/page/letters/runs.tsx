import { ask, learn, SERVICES } from '../api.js';
import type { Learnt, ServiceName } from '../api.js';
import type { ReplayRunSummary } from '../bodies.js';
import { count } from '../format.js';
import { Failed } from '../parts/notice.js';
import { Time } from '../parts/time.js';
import { hrefOf } from '../router.js';
import { useResource } from '../use-resource.js';
import { filterOfRun } from './letter-filter.js';
import { replaying } from './replaying.js';

type Answers = readonly { readonly service: ServiceName; readonly runs: Learnt<readonly ReplayRunSummary[]> }[];

/** Of each service. */
const NEWEST = 10;

const load = (signal: AbortSignal): Promise<Answers> =>
  Promise.all(
    SERVICES.map(async (service) => ({
      service,
      runs: await learn(ask<readonly ReplayRunSummary[]>(service, `/admin/dead-letters/runs?limit=${NEWEST}`, signal)),
    })),
  );

/** The newest replays, whoever began them: one that was interrupted is continued from here. */
export function Runs() {
  const found = useResource('runs', load);
  const rows = (found.value ?? [])
    .flatMap(({ service, runs }) => ('value' in runs ? runs.value.map((run) => ({ service, run })) : []))
    .toSorted((a, b) => b.run.startedAt.localeCompare(a.run.startedAt));
  if (found.value === undefined) return null;
  return (
    <>
      <h2 class="apart">Replays</h2>
      {found.value.map(
        ({ service, runs }) =>
          'refusal' in runs && <Failed what={`Those of ${service} can't be listed.`} refusal={runs.refusal} />,
      )}
      {rows.length === 0 && <p class="hint">Nobody has replayed anything lately.</p>}
      {rows.length > 0 && (
        <table class="rows runs">
          <thead>
            <tr>
              <th>Begun</th>
              <th>By</th>
              <th class="wide">Why</th>
              <th>Service</th>
              <th class="number">Replayed</th>
              <th class="number">Failed</th>
              <th class="number wide">Pending</th>
            </tr>
          </thead>
          <tbody>
            {rows.map(({ service, run: { run, startedAt, who, why, filter, replayed, failed, pending } }) => (
              <tr key={run}>
                <td>
                  <a class="whole-row" href={hrefOf('/dead-letters', { service, ...filterOfRun(filter), run })}>
                    <Time at={startedAt} />
                  </a>
                  {replaying.value.get(run)?.isRunning === true && <span class="badge">running</span>}
                </td>
                <td>{who}</td>
                <td class="wide">{why}</td>
                <td>
                  <i class={`service of-${service}`}>{service}</i>
                </td>
                <td class="number">{count(replayed)}</td>
                <td class={`number ${failed > 0 ? 'fault' : ''}`}>{count(failed)}</td>
                <td class="number wide">{count(pending)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </>
  );
}
