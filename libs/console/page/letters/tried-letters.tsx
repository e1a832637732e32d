import { ask } from '../api.js';
import type { ServiceName } from '../api.js';
import type { Page, ReplayedLetter } from '../bodies.js';
import { KeyLink } from '../parts/key-link.js';
import { Failed } from '../parts/notice.js';
import { Status } from '../parts/status.js';
import { Time } from '../parts/time.js';
import { ask as askFor, hrefOf, query } from '../router.js';
import { useResource } from '../use-resource.js';

const OUTCOMES = ['replayed', 'failed', 'skipped', 'pending'] as const;
const PAGE = 20;

/** What became of each letter of a replay. */
export function TriedLetters({ service, run }: { readonly service: ServiceName; readonly run: string }) {
  const given = Object.fromEntries(query.value);
  const { outcome = '', tried = '' } = given;
  const search = new URLSearchParams({
    limit: String(PAGE),
    ...(outcome === '' ? {} : { outcome }),
    ...(tried === '' ? {} : { cursor: tried }),
  });
  const found = useResource(`${run} ${search}`, (signal) =>
    ask<Page<ReplayedLetter>>(service, `/admin/dead-letters/runs/${run}/letters?${search}`, signal),
  );
  const letters = found.value?.items ?? [];
  return (
    <>
      <div class="title tried">
        <h2>What became of each letter</h2>
        <label>
          <span class="unseen">Outcome</span>
          <select
            value={outcome}
            onChange={({ currentTarget }) => askFor({ outcome: currentTarget.value, tried: '' }, 'replace')}
          >
            <option value="">any outcome</option>
            {OUTCOMES.map((each) => (
              <option value={each}>{each}</option>
            ))}
          </select>
        </label>
      </div>
      {found.refusal && <Failed what="Its letters can't be listed." refusal={found.refusal} again={found.refresh} />}
      {found.value !== undefined && letters.length === 0 && <p class="hint">No letter of it, or none that fits.</p>}
      {letters.length > 0 && (
        <table class="rows letters">
          <thead>
            <tr>
              <th>Letter</th>
              <th>Outcome</th>
              <th>Key</th>
              <th class="wide">Error</th>
              <th>Ended</th>
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
                <td>
                  <Status of={letter.outcome} />
                </td>
                <td class="above">
                  <KeyLink of={letter.key} />
                </td>
                <td class="wide items">{letter.error}</td>
                <td>{letter.endedAt !== null && <Time at={letter.endedAt} />}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      <nav class="pages" aria-label="Pages of the replay">
        {tried !== '' && <a href={hrefOf('/dead-letters', { ...given, tried: '' })}>← First of the replay</a>}
        {found.value?.nextCursor != null && (
          <a href={hrefOf('/dead-letters', { ...given, tried: found.value.nextCursor })}>More of the replay →</a>
        )}
      </nav>
    </>
  );
}
