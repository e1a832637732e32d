import { useRef } from 'preact/hooks';

import { ask, mayAct } from '../api.js';
import type { ServiceName } from '../api.js';
import type { LetterSummary, Page } from '../bodies.js';
import { KeyLink } from '../parts/key-link.js';
import { Empty, Failed } from '../parts/notice.js';
import { Pages } from '../parts/pages.js';
import { Time } from '../parts/time.js';
import { hrefOf, query } from '../router.js';
import { useResource } from '../use-resource.js';
import { BulkPanel } from './bulk-panel.js';
import { filterIn } from './letter-filter.js';

const PAGE = 50;

/** The letters that the address asks for, of one service, and what can be done with all of them. */
export function LettersOf({ service }: { readonly service: ServiceName }) {
  const given = query.value;
  const filter = filterIn(given);
  const [cursor, run] = [given.get('cursor'), given.get('run')];
  const search = new URLSearchParams({ ...filter, limit: String(PAGE), ...(cursor === null ? {} : { cursor }) });
  const found = useResource(`${service} ${search}`, (signal) =>
    ask<Page<LetterSummary>>(service, `/admin/dead-letters?${search}`, signal),
  );
  const group = `${service} ${JSON.stringify(filter)}`;
  const lastSeen = useRef<string | undefined>(undefined);
  const letters = found.value?.items ?? [];
  if (letters.length > 0) lastSeen.current = group;
  return (
    <>
      {found.refusal && <Failed what="The letters can't be listed." refusal={found.refusal} again={found.refresh} />}
      {/* Stays when the last letter is gone: it says what became of them. */}
      {(lastSeen.current === group || run !== null) && (
        <BulkPanel key={group} service={service} filter={filter} mayAct={mayAct()} done={found.refresh} />
      )}
      {found.value?.items.length === 0 && <Empty title="No letter that fits is dead any more." />}
      {letters.length > 0 && (
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
            {letters.map((letter) => (
              <tr key={letter.id}>
                <td>
                  <a class="whole-row" href={hrefOf(`/dead-letters/${service}/${letter.id}`)}>
                    {letter.id}
                  </a>
                </td>
                <td class="above">
                  <KeyLink of={letter.key} />
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
      )}
      <Pages list="/dead-letters" nextCursor={found.value?.nextCursor} first="Newest" next="Older" />
    </>
  );
}
