import { OPEN } from '@waybill/order-story';
import type { StoryParts } from '@waybill/order-story';

import { words } from '../format.js';
import { Status } from '../parts/status.js';
import { Time } from '../parts/time.js';
import { hrefOf } from '../router.js';

/** What holds the order up: its messages that failed, or wait behind one that has. */
export function Letters({ letters }: { readonly letters: StoryParts['letters'] }) {
  const open = letters.filter(({ state }) => OPEN.has(state));
  if (open.length === 0) return null;
  return (
    <ul class="held" aria-label="Messages of this order that are held">
      {open.map((letter) => (
        <li key={`${letter.service} ${letter.id}`}>
          <Status of={letter.state} />{' '}
          <a href={hrefOf(`/dead-letters/${letter.service}/${letter.id}`)}>
            <code>{letter.type ?? 'a record of no type'}</code>
          </a>{' '}
          at {letter.service}
          {letter.reason !== null && <> · {words(letter.reason)}</>}
          {letter.attempts > 0 && <> · {letter.attempts} attempts</>}
          {letter.state === 'parked' && <> · waits for an earlier message of the same key</>}
          {letter.nextAttemptAt !== null && (
            <>
              {' '}
              · tried again <Time at={letter.nextAttemptAt} />
            </>
          )}
          {letter.lastError !== null && <p class="fault">{letter.lastError}</p>}
        </li>
      ))}
    </ul>
  );
}
