import { useEffect } from 'preact/hooks';

import { ask, learn, SERVICES } from '../api.js';
import type { Learnt, ServiceName } from '../api.js';
import type { LetterGroup } from '../bodies.js';
import { count } from '../format.js';
import { deadLetters } from '../live.js';
import { Empty, Failed } from '../parts/notice.js';
import { Time } from '../parts/time.js';
import { hrefOf, query } from '../router.js';
import { useResource } from '../use-resource.js';
import { LettersOf } from './letters-of.js';

type Groups = readonly { readonly service: ServiceName; readonly groups: Learnt<readonly LetterGroup[]> }[];

const load = (signal: AbortSignal): Promise<Groups> =>
  Promise.all(
    SERVICES.map(async (service) => ({
      service,
      groups: await learn(ask<readonly LetterGroup[]>(service, '/admin/dead-letters/groups', signal)),
    })),
  );

/** Dead letters by the way in which they failed; of one group all that can be done with it. */
export function DeadLetters() {
  const service = SERVICES.find((name) => name === query.value.get('service'));
  return (
    <section>
      <div class="title">
        <h1>Dead letters</h1>
      </div>
      {service === undefined ? <AllGroups /> : <LettersOf key={query.value.toString()} service={service} />}
    </section>
  );
}

function AllGroups() {
  const found = useResource('groups', load);
  useEffect(() => {
    if (found.value !== undefined) found.refresh();
  }, [deadLetters.value]);
  const rows = (found.value ?? []).flatMap(({ service, groups }) =>
    'value' in groups ? groups.value.map((group) => ({ service, group })) : [],
  );
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
      {isComplete && rows.length === 0 && <Empty title="No message has failed for good." />}
      {rows.length > 0 && (
        <table class="rows groups">
          <thead>
            <tr>
              <th>How they failed</th>
              <th class="wide">Message</th>
              <th>Service</th>
              <th class="number">Letters</th>
              <th class="number wide">Keys</th>
              <th class="wide">First</th>
              <th>Last</th>
            </tr>
          </thead>
          <tbody>
            {rows.map(({ service, group }) => (
              <tr key={`${service} ${group.fingerprint} ${group.type} ${group.handler}`}>
                <td>
                  <a class="whole-row" href={hrefOf('/dead-letters', filterOf(service, group))}>
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
                <td class="number">{count(group.letters)}</td>
                <td class="number wide">{count(group.keys)}</td>
                <td class="wide">
                  <Time at={group.firstAt} />
                </td>
                <td>
                  <Time at={group.lastAt} />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </>
  );
}

function filterOf(service: ServiceName, { fingerprint, type, handler }: LetterGroup): Record<string, string> {
  return { service, fingerprint: fingerprint ?? '', type: type ?? '', handler: handler ?? '' };
}
