import { useRef } from 'preact/hooks';

import { ask, mayAct } from '../api.js';
import type { ServiceName } from '../api.js';
import type { LetterSummary, Page } from '../bodies.js';
import { shortId } from '../format.js';
import { Empty, Failed } from '../parts/notice.js';
import { Time } from '../parts/time.js';
import { hrefOf, query } from '../router.js';
import { useResource } from '../use-resource.js';
import { BulkPanel } from './bulk-panel.js';
import { FIELDS } from './letter-filter.js';
import type { LetterFilter } from './letter-filter.js';

const PAGE = 50;

/** The letters that the address asks for, of one service, and what can be done with all of them. */
export function LettersOf({ service }: { readonly service: ServiceName }) {
  const given = query.value;
  const filter: LetterFilter = Object.fromEntries(
    FIELDS.flatMap((name) => ((given.get(name) ?? '') === '' ? [] : [[name, given.get(name)]])),
  );
  const cursor = given.get('cursor');
  const search = new URLSearchParams({ ...filter, limit: String(PAGE), ...(cursor === null ? {} : { cursor }) });
  const found = useResource(`${service} ${search}`, (signal) =>
    ask<Page<LetterSummary>>(service, `/admin/dead-letters?${search}`, signal),
  );
  const group = `${service} ${JSON.stringify(filter)}`;
  const lastSeen = useRef<string | undefined>(undefined);
  if ((found.value?.items.length ?? 0) > 0) lastSeen.current = group;
  return (
    <>
      <nav class="crumbs" aria-label="Breadcrumb">
        <a href={hrefOf('/dead-letters')}>All groups</a>
      </nav>
      <dl class="facts">
        <div>
          <dt>Service</dt>
          <dd>{service}</dd>
        </div>
        {Object.entries(filter).map(([name, value]) => (
          <div>
            <dt>{name}</dt>
            <dd>
              <code>{value}</code>
            </dd>
          </div>
        ))}
      </dl>
      {found.refusal && <Failed what="The letters can't be listed." refusal={found.refusal} again={found.refresh} />}
      {found.value?.items.length === 0 && <Empty title="No letter of this group is dead any more." />}
      {/* Stays when the last letter is gone: it says what became of them. */}
      {lastSeen.current === group && (
        <BulkPanel key={group} service={service} filter={filter} mayAct={mayAct()} done={found.refresh} />
      )}
      {(found.value?.items.length ?? 0) > 0 && (
        <>
          <table class={`rows letters ${found.isLoading ? 'stale' : ''}`}>
            <thead>
              <tr>
                <th>Letter</th>
                <th>Key</th>
                <th class="wide">Error</th>
                <th class="number">Attempts</th>
                <th>Died</th>
              </tr>
            </thead>
            <tbody>
              {found.value?.items.map((letter) => (
                <tr key={letter.id}>
                  <td>
                    <a class="whole-row" href={hrefOf(`/dead-letters/${service}/${letter.id}`)}>
                      {letter.id}
                    </a>
                  </td>
                  <td>
                    <code title={letter.key ?? ''}>{letter.key === null ? 'none' : shortId(letter.key)}</code>
                  </td>
                  <td class="wide items">{letter.lastError}</td>
                  <td class="number">{letter.attempts}</td>
                  <td>
                    <Time at={letter.updatedAt} />
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
          <nav class="pages" aria-label="Pages">
            {found.value?.nextCursor != null && (
              <a href={hrefOf('/dead-letters', { service, ...filter, cursor: found.value.nextCursor })}>Older →</a>
            )}
          </nav>
        </>
      )}
    </>
  );
}
