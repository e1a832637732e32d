import type { StoryParts } from '@waybill/order-story';

import { mayAct, SERVICES } from '../api.js';
import { words } from '../format.js';
import { LetterActions } from '../letters/letter-actions.js';
import { Status } from '../parts/status.js';
import { Time } from '../parts/time.js';
import { hrefOf } from '../router.js';

interface HeldLetterProps {
  readonly letter: StoryParts['letters'][number];
  readonly done: () => void;
}

/** A failed message in its lineage: how it failed, and what can be done about it. */
export function HeldLetter({ letter, done }: HeldLetterProps) {
  const service = SERVICES.find((name) => name === letter.service);
  return (
    <>
      <p class="hint">
        <a href={hrefOf(`/dead-letters/${letter.service}/${letter.id}`)}>letter {letter.id}</a>,{' '}
        <Status of={letter.state} /> after {letter.attempts} attempts
        {letter.reason !== null && ` · ${words(letter.reason)}`}
        {letter.nextAttemptAt !== null && (
          <>
            {' '}
            · tried again <Time at={letter.nextAttemptAt} />
          </>
        )}
      </p>
      {letter.lastError !== null && <p class="fault">{letter.lastError}</p>}
      {letter.state === 'dead' && service !== undefined && mayAct() && (
        <LetterActions service={service} letter={{ id: letter.id }} done={done} />
      )}
    </>
  );
}
